import type { Context } from "hono";
import { decodeCursor } from "../../../core/cursor.ts";
import { KeyRotation, NewKey } from "../../../schema/contracts/api-keys.ts";
import { createKey } from "../../../services/keys/create-key.ts";
import { listKeys } from "../../../services/keys/key.ts";
import { revokeKey } from "../../../services/keys/revoke-key.ts";
import { rotateKey } from "../../../services/keys/rotate-key.ts";
import type { AppEnv } from "../../context.ts";
import { PageQuery, validBody, validQuery } from "../validate.ts";

const idOf = (c: Context<AppEnv>) => c.req.param("id") ?? "";

/** `GET /keys` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  const { cursor, limit } = validQuery(c, PageQuery);
  const page = await listKeys(c.var.scope, limit, cursor === undefined ? undefined : decodeCursor(cursor));
  return c.json({ keys: page.items, nextCursor: page.nextCursor });
}

/** `POST /keys`: the answer holds the key, this once. */
export async function create(c: Context<AppEnv>): Promise<Response> {
  return c.json(await createKey(c.var.scope, await validBody(c, NewKey), c.var.principal), 201);
}

/** `POST /keys/:id/rotate`: the answer holds the new key, this once. */
export async function rotate(c: Context<AppEnv>): Promise<Response> {
  const { overlapHours } = await validBody(c, KeyRotation.prefault({}));
  return c.json(await rotateKey(c.var.scope, idOf(c), overlapHours, c.var.principal), 201);
}

/** `DELETE /keys/:id` */
export async function revoke(c: Context<AppEnv>): Promise<Response> {
  await revokeKey(c.var.scope, idOf(c), c.var.principal.actor);
  return c.body(null, 204);
}
