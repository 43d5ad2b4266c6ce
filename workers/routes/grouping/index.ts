import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { candidates, explain, getRules, merge, merges, newPatterns, preview, putRules, split } from "./handlers.ts";

export const grouping = new Hono<AppEnv>()
  .get("/grouping/rules", getRules)
  .put("/grouping/rules", putRules)
  .post("/grouping/preview", preview)
  .get("/grouping/merges", merges)
  .post("/grouping/merges", merge)
  .delete("/grouping/merges/:id", split)
  .get("/grouping/candidates", candidates)
  .get("/patterns/new", newPatterns)
  .get("/patterns/:fingerprint/explain", explain);
