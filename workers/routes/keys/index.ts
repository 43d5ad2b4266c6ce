import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { create, list, revoke, rotate } from "./handlers.ts";

export const keys = new Hono<AppEnv>()
  .get("/keys", list)
  .post("/keys", create)
  .post("/keys/:id/rotate", rotate)
  .delete("/keys/:id", revoke);
