import type { Context } from "hono";
import * as z from "zod";
import { ChannelChange, NewChannel, Routing } from "../../../schema/contracts/channels.ts";
import { changeChannel } from "../../../services/channels/change-channel.ts";
import { listChannels } from "../../../services/channels/channel.ts";
import { createChannel } from "../../../services/channels/create-channel.ts";
import { deleteChannel } from "../../../services/channels/delete-channel.ts";
import { loadRouting } from "../../../services/channels/load-routing.ts";
import { saveRouting } from "../../../services/channels/save-routing.ts";
import { testChannel } from "../../../services/channels/test-channel.ts";
import { channelAccess } from "../../channel-access.ts";
import type { AppEnv } from "../../context.ts";
import { validBody } from "../validate.ts";

const NewRouting = z.strictObject({
  routing: Routing,
  version: z.int().min(0).describe("The version that this routing was made from"),
});

const idOf = (c: Context<AppEnv>) => c.req.param("id") ?? "";
const actorOf = (c: Context<AppEnv>) => c.var.principal.actor;

/** `GET /channels` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  return c.json({ channels: await listChannels(c.var.scope) });
}

/** `POST /channels` */
export async function create(c: Context<AppEnv>): Promise<Response> {
  const channel = await validBody(c, NewChannel);
  return c.json(await createChannel(c.var.scope, channel, channelAccess(c.env), actorOf(c)), 201);
}

/** `PATCH /channels/:id` */
export async function change(c: Context<AppEnv>): Promise<Response> {
  const fields = await validBody(c, ChannelChange);
  return c.json(await changeChannel(c.var.scope, idOf(c), fields, channelAccess(c.env), actorOf(c)));
}

/** `DELETE /channels/:id` */
export async function remove(c: Context<AppEnv>): Promise<Response> {
  await deleteChannel(c.var.scope, idOf(c), actorOf(c));
  return c.body(null, 204);
}

/** `POST /channels/:id/test` */
export async function test(c: Context<AppEnv>): Promise<Response> {
  return c.json(await testChannel(c.var.scope, idOf(c), channelAccess(c.env), actorOf(c)));
}

/** `GET /routing` */
export async function getRouting(c: Context<AppEnv>): Promise<Response> {
  return c.json(await loadRouting(c.var.scope));
}

/** `PUT /routing` */
export async function putRouting(c: Context<AppEnv>): Promise<Response> {
  const { routing, version } = await validBody(c, NewRouting);
  return c.json(await saveRouting(c.var.scope, routing, version, actorOf(c)));
}
