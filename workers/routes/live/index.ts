import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { openLive } from "./handlers.ts";

/** Mounted before the API's own check of the credential: a browser's key comes in another header here. */
export const live = new Hono<AppEnv>()
  .get("/live/logs", openLive)
  .get("/api/v1/live", openLive)
  .get("/v1/live", openLive);
