import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { get, list, replay, replayEvery } from "./handlers.ts";

export const deadLetters = new Hono<AppEnv>()
  .get("/dead-letters", list)
  .post("/dead-letters/replay", replayEvery)
  .get("/dead-letters/:id", get)
  .post("/dead-letters/:id/replay", replay);
