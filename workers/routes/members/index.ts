import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { change, createInvitation, deleteInvitation, invitations, leave, list, remove } from "./handlers.ts";

export const members = new Hono<AppEnv>()
  .get("/members", list)
  .get("/members/invitations", invitations)
  .post("/members/invitations", createInvitation)
  .delete("/members/invitations/:id", deleteInvitation)
  // Before `:id`, which would take it.
  .delete("/members/me", leave)
  .patch("/members/:id", change)
  .delete("/members/:id", remove);
