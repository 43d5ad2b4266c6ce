import type { Context } from "hono";
import * as z from "zod";
import { decodeCursor } from "../../../core/cursor.ts";
import { Log0Error } from "../../../core/errors.ts";
import { GroupingRules } from "../../../schema/contracts/grouping-rules.ts";
import { LIMITS } from "../../../schema/contracts/limits.ts";
import { explainPattern } from "../../../services/grouping/explain-pattern.ts";
import { listCandidates } from "../../../services/grouping/list-candidates.ts";
import { listMerges } from "../../../services/grouping/list-merges.ts";
import { listNewPatterns } from "../../../services/grouping/list-new-patterns.ts";
import { loadRules } from "../../../services/grouping/load-grouping.ts";
import { mergeFingerprints } from "../../../services/grouping/merge-fingerprints.ts";
import { previewLines, previewStored } from "../../../services/grouping/preview-rules.ts";
import { saveRules } from "../../../services/grouping/save-rules.ts";
import { splitFingerprints } from "../../../services/grouping/split-fingerprints.ts";
import type { AppEnv } from "../../context.ts";
import { rangeOf, SelectionQuery, selectionOf } from "../logs/selection.ts";
import { PageQuery, validBody, validQuery } from "../validate.ts";

const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/, "not a fingerprint");

const NewRules = z.strictObject({
  rules: GroupingRules,
  version: z.int().min(0).describe("The version that these rules were made from"),
});

const MergesQuery = PageQuery.extend({ fingerprint: Fingerprint.optional() });
const NewMerge = z.strictObject({
  fingerprint: Fingerprint,
  into: Fingerprint,
  note: z.string().max(2_000).optional(),
});

const ListQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) });

/** What one preview groups at most: twice as many templates are made, within a Worker's time. */
const MAX_PREVIEW_LINES = 2_000;

const PastedLine = z.union([
  z
    .string()
    .max(LIMITS.messageCharacters)
    .transform((message) => ({ message })),
  z.strictObject({
    message: z.string().max(LIMITS.messageCharacters),
    service: z.string().max(200).optional(),
    environment: z.string().max(200).optional(),
    level: z.string().max(LIMITS.levelCharacters).optional(),
    trace: z.string().max(LIMITS.traceCharacters).optional(),
  }),
]);

const Preview = z.union([
  z.strictObject({ rules: GroupingRules, lines: z.array(PastedLine).min(1).max(MAX_PREVIEW_LINES) }),
  z.strictObject({
    rules: GroupingRules,
    stored: SelectionQuery.extend({ limit: z.int().min(1).max(MAX_PREVIEW_LINES).default(1_000) }),
  }),
]);

function actorOf(c: Context<AppEnv>): string {
  return c.var.principal.actor;
}

/** `GET /grouping/rules` */
export async function getRules(c: Context<AppEnv>): Promise<Response> {
  return c.json(await loadRules(c.var.scope));
}

/** `PUT /grouping/rules` */
export async function putRules(c: Context<AppEnv>): Promise<Response> {
  const { rules, version } = await validBody(c, NewRules);
  return c.json(await saveRules(c.var.scope, rules, version, actorOf(c)));
}

/** `POST /grouping/preview` */
export async function preview(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, Preview);
  if ("lines" in body) return c.json(await previewLines(c.var.scope, body.rules, body.lines));
  const { limit, ...query } = body.stored;
  const range = rangeOf(query, c.var.platform.now());
  return c.json(await previewStored(c.var.scope, body.rules, { ...selectionOf(query), ...range, limit }));
}

/** `GET /grouping/merges` */
export async function merges(c: Context<AppEnv>): Promise<Response> {
  const { cursor, ...query } = validQuery(c, MergesQuery);
  const page = await listMerges(c.var.scope, {
    ...query,
    cursor: cursor === undefined ? undefined : decodeCursor(cursor),
  });
  return c.json({ merges: page.items, nextCursor: page.nextCursor });
}

/** `POST /grouping/merges` */
export async function merge(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, NewMerge);
  return c.json({ id: await mergeFingerprints(c.var.scope, { ...body, actor: actorOf(c) }) }, 201);
}

/** `DELETE /grouping/merges/:id` */
export async function split(c: Context<AppEnv>): Promise<Response> {
  await splitFingerprints(c.var.scope, c.req.param("id") ?? "", actorOf(c));
  return c.body(null, 204);
}

/** `GET /grouping/candidates` */
export async function candidates(c: Context<AppEnv>): Promise<Response> {
  const { limit } = validQuery(c, ListQuery);
  return c.json({ candidates: await listCandidates(c.var.scope, limit) });
}

/** `GET /patterns/new` */
export async function newPatterns(c: Context<AppEnv>): Promise<Response> {
  const { cursor, limit } = validQuery(c, PageQuery);
  const page = await listNewPatterns(c.var.scope, limit, cursor === undefined ? undefined : decodeCursor(cursor));
  return c.json({ patterns: page.items, nextCursor: page.nextCursor });
}

/** `GET /patterns/:fingerprint/explain` */
export async function explain(c: Context<AppEnv>): Promise<Response> {
  const fingerprint = Fingerprint.safeParse(c.req.param("fingerprint"));
  if (!fingerprint.success) throw new Log0Error("not_found", "no such pattern");
  return c.json(await explainPattern(c.var.scope, fingerprint.data));
}
