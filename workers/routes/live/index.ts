import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { openLive } from "./handlers.ts";

export const live = new Hono<AppEnv>().get("/live", openLive).get("/live/logs", openLive);
