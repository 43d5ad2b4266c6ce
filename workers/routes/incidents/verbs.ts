import type { Context } from "hono";
import * as z from "zod";
import { Severity } from "../../../schema/contracts/levels.ts";
import { LIMITS } from "../../../schema/contracts/limits.ts";
import { acknowledgeIncident } from "../../../services/incidents/acknowledge.ts";
import { assignIncident } from "../../../services/incidents/assign.ts";
import { COMMENT_CHARACTERS, commentOnIncident } from "../../../services/incidents/comment.ts";
import { createIncident, TITLE_CHARACTERS } from "../../../services/incidents/create.ts";
import { ignoreIncident } from "../../../services/incidents/ignore.ts";
import { linkIncidents } from "../../../services/incidents/link.ts";
import { mergeIncident } from "../../../services/incidents/merge.ts";
import { resolveIncident } from "../../../services/incidents/resolve.ts";
import { snoozeIncident } from "../../../services/incidents/snooze.ts";
import { unignoreIncident } from "../../../services/incidents/unignore.ts";
import { unlinkIncidents } from "../../../services/incidents/unlink.ts";
import { unmergeIncident } from "../../../services/incidents/unmerge.ts";
import { unsnoozeIncident } from "../../../services/incidents/unsnooze.ts";
import type { AppEnv } from "../../context.ts";
import { idempotencyKey } from "../ingest/handlers.ts";
import { Time } from "../logs/selection.ts";
import { validBody } from "../validate.ts";
import { idOf } from "./handlers.ts";

const NoteText = z.string().max(2_000).optional();
/** A verb that needs no word may come without a body. */
const Note = z.strictObject({ note: NoteText }).prefault({});

const UserId = z.string().min(1).max(LIMITS.nameCharacters);
const Assignment = z.strictObject({
  assigneeId: UserId,
  from: UserId.nullable().optional().describe("Who had it when the caller looked; null for nobody"),
  note: NoteText,
});

const StatusChange = z.discriminatedUnion("status", [
  Assignment.extend({ status: z.literal("ASSIGNED") }),
  z.strictObject({ status: z.literal("ACKNOWLEDGED"), note: NoteText }),
  z.strictObject({ status: z.literal("RESOLVED"), note: NoteText }),
]);

const NewIncident = z.strictObject({
  title: z.string().trim().min(1).max(TITLE_CHARACTERS),
  severity: Severity,
  service: z.string().trim().min(1).max(LIMITS.nameCharacters),
  environment: z.string().trim().min(1).max(LIMITS.nameCharacters).default("production"),
  note: NoteText,
});

const Comment = z.strictObject({ text: z.string().trim().min(1).max(COMMENT_CHARACTERS) });

/** The furthest time that a Date can hold. */
const MAX_TIME = 8_640_000_000_000_000;
const MAX_OCCURRENCES = 1_000_000_000;

const NewSnooze = z.union(
  [
    z.strictObject({ until: z.union([z.int().max(MAX_TIME), Time]), note: NoteText }),
    z.strictObject({ occurrences: z.int().min(1).max(MAX_OCCURRENCES), note: NoteText }),
    z.strictObject({ escalates: z.literal(true), note: NoteText }),
  ],
  "until (a time), occurrences (a number) or escalates (true) is needed: one of them",
);

const IncidentId = z.string().min(1).max(LIMITS.nameCharacters);
const NewMerge = z.strictObject({ into: IncidentId, note: NoteText });
const NewLink = z.strictObject({ incidentId: IncidentId, note: NoteText });

function actorOf(c: Context<AppEnv>): string {
  return c.var.principal.actor;
}

/** `POST /incidents` */
export async function create(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, NewIncident);
  const key = idempotencyKey(c);
  const { incident, created } = await createIncident(c.var.scope, {
    ...body,
    actor: actorOf(c),
    idempotencyKey: key === undefined ? undefined : `${c.var.principal.actor}\n${key}`,
  });
  return c.json(incident, created ? 201 : 200);
}

/** `PATCH /incidents/:id/assign` */
export async function assign(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, Assignment);
  return c.json(await assignIncident(c.var.scope, idOf(c), { ...body, actor: actorOf(c) }));
}

/** `PATCH /incidents/:id/acknowledge` */
export async function acknowledge(c: Context<AppEnv>): Promise<Response> {
  const { note } = await validBody(c, Note);
  return c.json(await acknowledgeIncident(c.var.scope, idOf(c), actorOf(c), note));
}

/** `PATCH /incidents/:id/resolve` */
export async function resolve(c: Context<AppEnv>): Promise<Response> {
  const { note } = await validBody(c, Note);
  return c.json(await resolveIncident(c.var.scope, idOf(c), actorOf(c), note));
}

/** `PATCH /incidents/:id/status`: the three verbs above, by the state that they lead to. */
export async function patchStatus(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, StatusChange);
  const [scope, id, actor] = [c.var.scope, idOf(c), actorOf(c)];
  switch (body.status) {
    case "ASSIGNED":
      return c.json(await assignIncident(scope, id, { ...body, actor }));
    case "ACKNOWLEDGED":
      return c.json(await acknowledgeIncident(scope, id, actor, body.note));
    case "RESOLVED":
      return c.json(await resolveIncident(scope, id, actor, body.note));
  }
}

/** `POST /incidents/:id/comments` */
export async function comment(c: Context<AppEnv>): Promise<Response> {
  const { text } = await validBody(c, Comment);
  return c.json(await commentOnIncident(c.var.scope, idOf(c), actorOf(c), text), 201);
}

/** `POST /incidents/:id/snooze` */
export async function snooze(c: Context<AppEnv>): Promise<Response> {
  const { note, ...wait } = await validBody(c, NewSnooze);
  return c.json(await snoozeIncident(c.var.scope, idOf(c), wait, actorOf(c), note));
}

/** `DELETE /incidents/:id/snooze` */
export async function unsnooze(c: Context<AppEnv>): Promise<Response> {
  return c.json(await unsnoozeIncident(c.var.scope, idOf(c), actorOf(c)));
}

/** `POST /incidents/:id/ignore` */
export async function ignore(c: Context<AppEnv>): Promise<Response> {
  const { note } = await validBody(c, Note);
  return c.json(await ignoreIncident(c.var.scope, idOf(c), actorOf(c), note));
}

/** `DELETE /incidents/:id/ignore` */
export async function unignore(c: Context<AppEnv>): Promise<Response> {
  return c.json(await unignoreIncident(c.var.scope, idOf(c), actorOf(c)));
}

/** `POST /incidents/:id/merge` */
export async function merge(c: Context<AppEnv>): Promise<Response> {
  const { into, note } = await validBody(c, NewMerge);
  return c.json(await mergeIncident(c.var.scope, idOf(c), into, actorOf(c), note));
}

/** `DELETE /incidents/:id/merge` */
export async function unmerge(c: Context<AppEnv>): Promise<Response> {
  return c.json(await unmergeIncident(c.var.scope, idOf(c), actorOf(c)));
}

/** `POST /incidents/:id/links` */
export async function link(c: Context<AppEnv>): Promise<Response> {
  const { incidentId, note } = await validBody(c, NewLink);
  await linkIncidents(c.var.scope, idOf(c), incidentId, actorOf(c), note);
  return c.body(null, 204);
}

/** `DELETE /incidents/:id/links/:other` */
export async function unlink(c: Context<AppEnv>): Promise<Response> {
  await unlinkIncidents(c.var.scope, idOf(c), c.req.param("other") ?? "", actorOf(c));
  return c.body(null, 204);
}
