import type { Context } from "hono";
import { NewSource, SourceChange } from "../../../schema/contracts/sources.ts";
import { changeSource } from "../../../services/sources/change-source.ts";
import { createSource } from "../../../services/sources/create-source.ts";
import { deleteSource } from "../../../services/sources/delete-source.ts";
import { listSources } from "../../../services/sources/source.ts";
import type { AppEnv } from "../../context.ts";
import { validBody } from "../validate.ts";

const idOf = (c: Context<AppEnv>) => c.req.param("id") ?? "";
const actorOf = (c: Context<AppEnv>) => c.var.principal.actor;

/** `GET /sources` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  return c.json(await listSources(c.var.scope));
}

/** `POST /sources` */
export async function create(c: Context<AppEnv>): Promise<Response> {
  return c.json(await createSource(c.var.scope, await validBody(c, NewSource), actorOf(c)), 201);
}

/** `PATCH /sources/:id` */
export async function change(c: Context<AppEnv>): Promise<Response> {
  return c.json(await changeSource(c.var.scope, idOf(c), await validBody(c, SourceChange), actorOf(c)));
}

/** `DELETE /sources/:id` */
export async function remove(c: Context<AppEnv>): Promise<Response> {
  await deleteSource(c.var.scope, idOf(c), actorOf(c));
  return c.body(null, 204);
}
