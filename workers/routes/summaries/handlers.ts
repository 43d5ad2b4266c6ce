import type { Context } from "hono";
import * as z from "zod";
import { requestSummary } from "../../../services/summaries/request-summary.ts";
import { removeEndpoint, setEndpoint } from "../../../services/summaries/set-endpoint.ts";
import { loadTenant } from "../../../services/tenants/load-tenant.ts";
import type { AppEnv } from "../../context.ts";
import { summarizers } from "../../summary-provider.ts";
import { validBody } from "../validate.ts";

/** No body asks for what there is. */
const Analyze = z.object({ force: z.boolean().default(false) });

const Endpoint = z.object({
  baseUrl: z.string().min(1).max(2_048),
  model: z.string().min(1).max(200),
  // Printable: it becomes a header.
  key: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/)
    .optional(),
});

/** `POST /incidents/:id/analyze`: 200 with the summary, or 202 with the job that writes one. */
export async function analyze(c: Context<AppEnv>): Promise<Response> {
  const isEmpty = c.req.header("content-length") === "0" || c.req.raw.body === null;
  const { force } = isEmpty ? { force: false } : await validBody(c, Analyze);
  const incidentId = c.req.param("id") ?? "";
  const asked = await requestSummary(c.var.scope, incidentId, c.var.principal.actor, force);
  if ("summary" in asked) return c.json(asked);
  return c.json({ job: { id: asked.jobId, type: "SUMMARIZE", incidentId, status: "QUEUED" } }, 202);
}

/** `GET /settings/ai`: never the key. */
export async function getEndpoint(c: Context<AppEnv>): Promise<Response> {
  const { ai, aiDailyTokens } = (await loadTenant(c.var.scope)).settings;
  const endpoint =
    ai === undefined ? null : { baseUrl: ai.baseUrl, model: ai.model, hasKey: ai.sealedKey !== undefined };
  return c.json({ endpoint, dailyTokens: aiDailyTokens });
}

/** `PUT /settings/ai` */
export async function putEndpoint(c: Context<AppEnv>): Promise<Response> {
  const { scope, principal } = c.var;
  await setEndpoint(scope, await validBody(c, Endpoint), summarizers(c.env).urls, principal.actor);
  return c.body(null, 204);
}

/** `DELETE /settings/ai` */
export async function deleteEndpoint(c: Context<AppEnv>): Promise<Response> {
  await removeEndpoint(c.var.scope, c.var.principal.actor);
  return c.body(null, 204);
}
