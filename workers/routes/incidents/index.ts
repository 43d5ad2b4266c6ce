import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { get, list, occurrences, related, samples, stats, timeline } from "./handlers.ts";
import {
  acknowledge,
  assign,
  comment,
  create,
  ignore,
  link,
  merge,
  patchStatus,
  resolve,
  snooze,
  unignore,
  unlink,
  unmerge,
  unsnooze,
} from "./verbs.ts";

export const incidents = new Hono<AppEnv>()
  .get("/incidents", list)
  .post("/incidents", create)
  .get("/incidents/stats", stats)
  .get("/incidents/:id", get)
  .get("/incidents/:id/timeline", timeline)
  .get("/incidents/:id/occurrences", occurrences)
  .get("/incidents/:id/samples", samples)
  .get("/incidents/:id/related", related)
  .patch("/incidents/:id/status", patchStatus)
  .patch("/incidents/:id/assign", assign)
  .patch("/incidents/:id/acknowledge", acknowledge)
  .patch("/incidents/:id/resolve", resolve)
  .post("/incidents/:id/comments", comment)
  .post("/incidents/:id/snooze", snooze)
  .delete("/incidents/:id/snooze", unsnooze)
  .post("/incidents/:id/ignore", ignore)
  .delete("/incidents/:id/ignore", unignore)
  .post("/incidents/:id/merge", merge)
  .delete("/incidents/:id/merge", unmerge)
  .post("/incidents/:id/links", link)
  .delete("/incidents/:id/links/:other", unlink);
