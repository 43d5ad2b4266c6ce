import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { acceptLogs, acceptStream } from "./handlers.ts";

export const ingest = new Hono<AppEnv>()
  .post("/logs", acceptLogs)
  .post("/ingest", acceptLogs)
  .post("/logs/stream", acceptStream);
