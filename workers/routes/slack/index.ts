import { Hono } from "hono";
import { type AppEnv, requireApiKey } from "../../context.ts";
import { deleteInstall, getInstall, interactions, oauthCallback, putInstall } from "./handlers.ts";

const routes = new Hono<AppEnv>()
  .get("/slack/install", requireApiKey, getInstall)
  .put("/slack/install", requireApiKey, putInstall)
  .delete("/slack/install", requireApiKey, deleteInstall)
  // Slack has no API key: its signature, and the installation's own state, say who it is.
  .get("/slack/oauth/callback", oauthCallback)
  .post("/slack/interactions", interactions);

export const slack = new Hono<AppEnv>().route("/api/v1", routes).route("/v1", routes);
