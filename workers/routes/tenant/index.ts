import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { get, remove } from "./handlers.ts";

export const tenant = new Hono<AppEnv>().get("/tenant", get).delete("/tenant", remove);
