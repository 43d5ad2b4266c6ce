import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { get, list, patchStatus } from "./handlers.ts";

export const incidents = new Hono<AppEnv>()
  .get("/incidents", list)
  .get("/incidents/:id", get)
  .patch("/incidents/:id/status", patchStatus);
