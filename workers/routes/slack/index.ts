import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { deleteInstall, getInstall, interactions, oauthCallback, putInstall } from "./handlers.ts";

export const slack = new Hono<AppEnv>()
  .get("/slack/install", getInstall)
  .put("/slack/install", putInstall)
  .delete("/slack/install", deleteInstall)
  // Slack has no credential of ours: its signature, and the installation's own state, say who it is.
  .get("/slack/oauth/callback", oauthCallback)
  .post("/slack/interactions", interactions);
