import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { show } from "./handlers.ts";

export const usage = new Hono<AppEnv>().get("/usage", show);
