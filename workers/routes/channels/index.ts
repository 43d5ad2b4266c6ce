import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { change, create, getRouting, list, putRouting, remove, test } from "./handlers.ts";

export const channels = new Hono<AppEnv>()
  .get("/channels", list)
  .post("/channels", create)
  .patch("/channels/:id", change)
  .delete("/channels/:id", remove)
  .post("/channels/:id/test", test)
  .get("/routing", getRouting)
  .put("/routing", putRouting);
