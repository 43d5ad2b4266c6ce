import * as z from "zod";
import { ROLES, type Role } from "../../../schema/contracts/roles.ts";
import { must } from "./api.ts";
import { Browser, PASSWORD } from "./auth.ts";

export const Member = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  joined: z.boolean(),
  lastSignInAt: z.number().nullable(),
  createdAt: z.number(),
});
const Invited = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  role: z.enum(ROLES),
  createdAt: z.number(),
  expiresAt: z.number(),
  link: z.string(),
  emailed: z.boolean(),
});
const Open = z.object({
  invitations: z.array(
    z.strictObject({
      id: z.uuid(),
      email: z.string(),
      role: z.enum(ROLES),
      invitedBy: z.string(),
      createdAt: z.number(),
      expiresAt: z.number(),
    }),
  ),
});

export async function membersOf(credential: string) {
  return (await must(z.object({ members: z.array(Member) }), credential, "GET", "/members")).members;
}

export const inviteBy = (credential: string, email: string, role: Role) =>
  must(Invited, credential, "POST", "/members/invitations", { email, role });
export const openOf = async (credential: string) =>
  (await must(Open, credential, "GET", "/members/invitations")).invitations;
export const tokenOf = (link: string) => link.slice(link.indexOf("#") + 1);

export const joinWith = (link: string) =>
  new Browser().outcome("/auth/invitations/accept", {
    body: { token: tokenOf(link), password: PASSWORD, name: "Somebody" },
  });
