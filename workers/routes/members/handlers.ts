import type { Context } from "hono";
import * as z from "zod";
import { Log0Error } from "../../../core/errors.ts";
import { Role } from "../../../schema/contracts/roles.ts";
import { changeRole } from "../../../services/members/change-role.ts";
import { invite } from "../../../services/members/invite.ts";
import { listInvitations } from "../../../services/members/list-invitations.ts";
import { listMembers } from "../../../services/members/member.ts";
import { removeMember } from "../../../services/members/remove-member.ts";
import { revokeInvitation } from "../../../services/members/revoke-invitation.ts";
import type { SignedIn } from "../../../services/tenants/principal.ts";
import { channelAccess } from "../../channel-access.ts";
import type { AppEnv } from "../../context.ts";
import { validBody } from "../validate.ts";

const RoleChange = z.strictObject({ role: Role });
const NewInvitation = z.strictObject({ email: z.email().max(254).toLowerCase(), role: Role });

const idOf = (c: Context<AppEnv>) => c.req.param("id") ?? "";

/** @throws Log0Error forbidden for an API key: it is nobody, and no role can be compared with it */
function signedIn(c: Context<AppEnv>): SignedIn & { id: string } {
  const { user } = c.var.principal;
  if (user === undefined) throw new Log0Error("forbidden", "only people manage members: sign in");
  return { ...user, id: user.userId };
}

/** `GET /members` */
export async function list(c: Context<AppEnv>): Promise<Response> {
  return c.json({ members: await listMembers(c.var.scope) });
}

/** `PATCH /members/:id` */
export async function change(c: Context<AppEnv>): Promise<Response> {
  const { role } = await validBody(c, RoleChange);
  return c.json(await changeRole(c.var.scope, idOf(c), role, signedIn(c)));
}

/** `DELETE /members/:id` */
export async function remove(c: Context<AppEnv>): Promise<Response> {
  await removeMember(c.var.scope, idOf(c), signedIn(c));
  return c.body(null, 204);
}

/** `DELETE /members/me`: anybody may leave. */
export async function leave(c: Context<AppEnv>): Promise<Response> {
  const by = signedIn(c);
  await removeMember(c.var.scope, by.id, by);
  return c.body(null, 204);
}

/** `GET /members/invitations` */
export async function invitations(c: Context<AppEnv>): Promise<Response> {
  return c.json({ invitations: await listInvitations(c.var.scope) });
}

/** `POST /members/invitations`: the answer holds the link, this once. */
export async function createInvitation(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, NewInvitation);
  return c.json(await invite(c.var.scope, body, signedIn(c), channelAccess(c.env)), 201);
}

/** `DELETE /members/invitations/:id` */
export async function deleteInvitation(c: Context<AppEnv>): Promise<Response> {
  await revokeInvitation(c.var.scope, idOf(c), signedIn(c));
  return c.body(null, 204);
}
