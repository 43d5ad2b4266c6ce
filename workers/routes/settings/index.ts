import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { get, patch } from "./handlers.ts";

export const settings = new Hono<AppEnv>().get("/settings", get).patch("/settings", patch);
