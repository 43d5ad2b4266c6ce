import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { change, create, list, remove } from "./handlers.ts";

export const sources = new Hono<AppEnv>()
  .get("/sources", list)
  .post("/sources", create)
  .patch("/sources/:id", change)
  .delete("/sources/:id", remove);
