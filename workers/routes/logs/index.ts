import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { download, facets, findLogs, histogram, oneLog, patterns, stats } from "./handlers.ts";

export const logs = new Hono<AppEnv>()
  .get("/logs", findLogs)
  .get("/logs/histogram", histogram)
  .get("/logs/facets", facets)
  .get("/logs/export", download)
  .get("/logs/:eventId", oneLog)
  .get("/stats", stats)
  .get("/patterns", patterns);
