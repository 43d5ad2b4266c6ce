import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { findLogs } from "./handlers.ts";

export const logs = new Hono<AppEnv>().get("/logs", findLogs);
