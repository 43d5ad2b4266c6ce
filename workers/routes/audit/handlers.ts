import type { Context } from "hono";
import * as z from "zod";
import { AUDIT_ACTIONS } from "../../../core/audit/actions.ts";
import { decodeCursor } from "../../../core/cursor.ts";
import { listActs } from "../../../services/audit/list-acts.ts";
import type { AppEnv } from "../../context.ts";
import { Time } from "../logs/selection.ts";
import { PageQuery, validQuery } from "../validate.ts";

const Query = PageQuery.extend({
  action: z.enum(AUDIT_ACTIONS).optional(),
  actor: z.string().max(100).describe("`user:<id>`, `key:<id>`, `operator` or `system`").optional(),
  target: z.string().max(100).optional(),
  from: Time.optional(),
  to: Time.optional(),
});

/** `GET /audit` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  const { cursor, ...query } = validQuery(c, Query);
  const page = await listActs(c.var.scope, {
    ...query,
    cursor: cursor === undefined ? undefined : decodeCursor(cursor),
  });
  return c.json({ acts: page.items, nextCursor: page.nextCursor });
}
