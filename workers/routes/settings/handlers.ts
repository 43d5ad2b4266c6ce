import type { Context } from "hono";
import { SettingsChange } from "../../../schema/contracts/tenant-settings.ts";
import { changeSettings, showSettings } from "../../../services/settings/settings.ts";
import type { AppEnv } from "../../context.ts";
import { validBody } from "../validate.ts";

/** `GET /settings` */
export async function get(c: Context<AppEnv>): Promise<Response> {
  return c.json(await showSettings(c.var.scope));
}

/** `PATCH /settings` */
export async function patch(c: Context<AppEnv>): Promise<Response> {
  const change = await validBody(c, SettingsChange);
  return c.json(await changeSettings(c.var.scope, change, c.var.principal.actor));
}
