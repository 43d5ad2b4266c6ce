import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { list } from "./handlers.ts";

export const audit = new Hono<AppEnv>().get("/audit", list);
