import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { analyze, deleteEndpoint, getEndpoint, putEndpoint } from "./handlers.ts";

export const summaries = new Hono<AppEnv>()
  .post("/incidents/:id/analyze", analyze)
  .get("/settings/ai", getEndpoint)
  .put("/settings/ai", putEndpoint)
  .delete("/settings/ai", deleteEndpoint);
