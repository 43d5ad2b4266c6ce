import type { Context } from "hono";
import * as z from "zod";
import { decodeCursor } from "../../../core/cursor.ts";
import { IncidentStatus, Severity } from "../../../schema/contracts/levels.ts";
import { changeStatus } from "../../../services/incidents/change-status.ts";
import { getIncidentDetail } from "../../../services/incidents/get.ts";
import { listIncidents } from "../../../services/incidents/list.ts";
import type { AppEnv } from "../../context.ts";
import { PageQuery, validBody, validQuery } from "../validate.ts";

const ListQuery = PageQuery.extend({
  status: IncidentStatus.optional(),
  severity: Severity.optional(),
  service: z.string().min(1).optional(),
  environment: z.string().min(1).optional(),
});

const StatusChange = z.object({
  status: z.enum(["ACKNOWLEDGED", "RESOLVED"]),
  note: z.string().max(2_000).optional(),
});

/** `GET /incidents` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  const { cursor, ...query } = validQuery(c, ListQuery);
  const page = await listIncidents(c.var.scope, {
    ...query,
    cursor: cursor === undefined ? undefined : decodeCursor(cursor),
  });
  return c.json({ incidents: page.items, nextCursor: page.nextCursor });
}

/** `GET /incidents/:id` */
export async function get(c: Context<AppEnv>): Promise<Response> {
  return c.json(await getIncidentDetail(c.var.scope, c.req.param("id") ?? ""));
}

/** `PATCH /incidents/:id/status` */
export async function patchStatus(c: Context<AppEnv>): Promise<Response> {
  const { status, note } = await validBody(c, StatusChange);
  const actor = `key:${c.var.principal.keyId}`;
  return c.json(await changeStatus(c.var.scope, c.req.param("id") ?? "", status, actor, note));
}
