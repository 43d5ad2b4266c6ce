import type { Context } from "hono";
import * as z from "zod";
import { requestDeletion } from "../../../services/tenants/request-deletion.ts";
import { showTenant } from "../../../services/tenants/show-tenant.ts";
import type { AppEnv } from "../../context.ts";
import { validBody } from "../validate.ts";

const Confirmation = z.strictObject({
  confirm: z.string().min(1).max(200).describe("The tenant's name: nothing brings back what is deleted"),
});

/** `GET /tenant`: one's own tenant, and what one is in it; an API key is nobody. */
export async function get(c: Context<AppEnv>): Promise<Response> {
  return c.json({ ...(await showTenant(c.var.scope)), role: c.var.principal.user?.role ?? null });
}

/** `DELETE /tenant`: 202, the rest is the cron's work. */
export async function remove(c: Context<AppEnv>): Promise<Response> {
  const { confirm } = await validBody(c, Confirmation);
  return c.json(await requestDeletion(c.var.scope, { confirm, actor: c.var.principal.actor }), 202);
}
