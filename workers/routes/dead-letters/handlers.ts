import type { Context } from "hono";
import * as z from "zod";
import { decodeCursor } from "../../../core/cursor.ts";
import { QueueName } from "../../../schema/contracts/dead-letter.ts";
import { getDeadLetter, listDeadLetters } from "../../../services/dead-letters/list.ts";
import { replayAll, replayDeadLetter } from "../../../services/dead-letters/replay.ts";
import type { AppEnv } from "../../context.ts";
import { PageQuery, validQuery } from "../validate.ts";

const ListQuery = PageQuery.extend({
  queue: QueueName.optional(),
  replayed: z.enum(["true", "false"]).default("false"),
});

const ReplayQuery = z.object({ queue: QueueName.optional() });

/** `GET /dead-letters` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  const { cursor, replayed, ...query } = validQuery(c, ListQuery);
  const page = await listDeadLetters(c.var.scope, {
    ...query,
    includeReplayed: replayed === "true",
    cursor: cursor === undefined ? undefined : decodeCursor(cursor),
  });
  return c.json({ deadLetters: page.items, nextCursor: page.nextCursor });
}

/** `GET /dead-letters/:id` */
export async function get(c: Context<AppEnv>): Promise<Response> {
  return c.json(await getDeadLetter(c.var.scope, c.req.param("id") ?? ""));
}

/** `POST /dead-letters/:id/replay` */
export async function replay(c: Context<AppEnv>): Promise<Response> {
  await replayDeadLetter(c.var.scope, c.req.param("id") ?? "", c.var.principal.actor);
  return c.json({ replayed: 1 }, 202);
}

/** `POST /dead-letters/replay?queue=…` */
export async function replayEvery(c: Context<AppEnv>): Promise<Response> {
  const { scope, principal } = c.var;
  return c.json(await replayAll(scope, validQuery(c, ReplayQuery).queue, principal.actor), 202);
}
