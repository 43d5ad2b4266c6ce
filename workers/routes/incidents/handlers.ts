import type { Context } from "hono";
import * as z from "zod";
import { decodeCursor } from "../../../core/cursor.ts";
import { IncidentStatus, Severity } from "../../../schema/contracts/levels.ts";
import { LIMITS } from "../../../schema/contracts/limits.ts";
import { getIncidentDetail } from "../../../services/incidents/get.ts";
import { INCIDENT_SORTS, listIncidents } from "../../../services/incidents/list.ts";
import { listOccurrences } from "../../../services/incidents/list-occurrences.ts";
import { listRelated } from "../../../services/incidents/list-related.ts";
import { listSamples } from "../../../services/incidents/list-samples.ts";
import { listTimeline } from "../../../services/incidents/list-timeline.ts";
import { incidentStats } from "../../../services/incidents/stats.ts";
import type { AppEnv } from "../../context.ts";
import { rangeOf, Time } from "../logs/selection.ts";
import { PageQuery, validQuery } from "../validate.ts";

/** Names of one kind, with commas between: as many as there are, for each is a parameter of a statement, which has 100. */
function several<T extends z.ZodEnum>(one: T) {
  return z.preprocess(
    (text) => (typeof text === "string" ? text.split(",") : text),
    z.array(one).max(one.options.length),
  );
}

const Flag = z.enum(["true", "false"]).transform((text) => text === "true");

const ListQuery = PageQuery.extend({
  sort: z.enum(INCIDENT_SORTS).default("created"),
  status: several(IncidentStatus).optional(),
  severity: several(Severity).optional(),
  service: z.string().min(1).max(LIMITS.nameCharacters).optional(),
  environment: z.string().min(1).max(LIMITS.nameCharacters).optional(),
  assignee: z
    .string()
    .min(1)
    .max(LIMITS.nameCharacters)
    .transform((id) => (id === "none" ? null : id))
    .optional()
    .describe("A user's id, or none"),
  snoozed: Flag.optional(),
  ignored: Flag.optional(),
  regressed: Flag.optional(),
  q: z.string().min(1).max(200).optional().describe("A part of the title"),
});

/** A month, where stats are asked for without a range. */
const STATS_MS = 30 * 24 * 60 * 60 * 1000;

const StatsQuery = z.object({ from: Time.optional(), to: Time.optional() });

const SamplesQuery = z.object({ limit: z.coerce.number().int().min(1).max(50).default(10) });

export function idOf(c: Context<AppEnv>): string {
  return c.req.param("id") ?? "";
}

/** `GET /incidents` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  const { cursor, ...query } = validQuery(c, ListQuery);
  const page = await listIncidents(c.var.scope, {
    ...query,
    cursor: cursor === undefined ? undefined : decodeCursor(cursor),
  });
  return c.json({ incidents: page.items, nextCursor: page.nextCursor });
}

/** `GET /incidents/stats` */
export async function stats(c: Context<AppEnv>): Promise<Response> {
  const { from, to } = validQuery(c, StatsQuery);
  const now = c.var.platform.now();
  return c.json(await incidentStats(c.var.scope, rangeOf({ from: from ?? (to ?? now) - STATS_MS, to }, now)));
}

/** `GET /incidents/:id` */
export async function get(c: Context<AppEnv>): Promise<Response> {
  return c.json(await getIncidentDetail(c.var.scope, idOf(c)));
}

/** `GET /incidents/:id/timeline` */
export async function timeline(c: Context<AppEnv>): Promise<Response> {
  const { cursor, limit } = validQuery(c, PageQuery);
  const from = cursor === undefined ? undefined : decodeCursor(cursor);
  const page = await listTimeline(c.var.scope, idOf(c), limit, from);
  return c.json({ history: page.items, nextCursor: page.nextCursor });
}

/** `GET /incidents/:id/occurrences` */
export async function occurrences(c: Context<AppEnv>): Promise<Response> {
  return c.json(await listOccurrences(c.var.scope, idOf(c)));
}

/** `GET /incidents/:id/samples` */
export async function samples(c: Context<AppEnv>): Promise<Response> {
  const { limit } = validQuery(c, SamplesQuery);
  return c.json({ logs: await listSamples(c.var.scope, idOf(c), limit) });
}

/** `GET /incidents/:id/related` */
export async function related(c: Context<AppEnv>): Promise<Response> {
  return c.json(await listRelated(c.var.scope, idOf(c)));
}
