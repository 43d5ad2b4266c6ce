import { ROLES, type Role } from "../../schema/contracts/roles.ts";
import { Log0Error } from "../errors.ts";
import { ROLE_PERMISSIONS } from "./permissions.ts";

/** An invitation that nobody accepts ends after this time. */
export const INVITATION_MS = 7 * 24 * 3600_000;

/** Invitations of a tenant that are open at once: each is a message to a stranger. */
export const MAX_OPEN_INVITATIONS = 100;

/** Invitations a day: of a tenant, and of one address, whose owner may never have heard of the tenant. */
export const INVITATIONS_A_DAY = { tenant: 200, address: 5 } as const;

/** The least that a member is to those who act on members. */
export interface Membership {
  id: string;
  role: Role;
}

function isAbove(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) < ROLES.indexOf(other);
}

function mustReach(by: Role, role: Role, doing: string): void {
  if (!isAbove(role, by)) return;
  throw new Log0Error("forbidden", role === "owner" ? `only an owner may ${doing} an owner` : `${role} is above ${by}`);
}

/**
 * Whether somebody may ask somebody else into the tenant.
 * @param offered what the address was given and has not taken yet: as a member who has not joined, by an invitation that
 *   this one would replace
 * @throws Log0Error forbidden
 */
export function checkInvitation(by: Role, role: Role, offered: readonly Role[]): void {
  for (const one of [role, ...offered]) mustReach(by, one, "invite");
}

/**
 * Whether somebody may make a member something else. That an owner stays is decided where the change is written
 * (services/members/conditions.ts): here nobody knows what others do at the same moment.
 * @throws Log0Error forbidden
 */
export function checkRoleChange(by: Membership, member: Membership, role: Role): void {
  mustReach(by.role, member.role, "change");
  mustReach(by.role, role, "make");
}

/** Whether somebody may remove a member; anybody may leave. @throws Log0Error forbidden */
export function checkRemoval(by: Membership, member: Membership): void {
  if (by.id !== member.id) mustReach(by.role, member.role, "remove");
}

/**
 * The open invitations, by role, that somebody may not have sent any more once they are of this role: who sends one sees
 * its link.
 * @param role undefined for somebody who is no member any more
 */
export function lostInvitations(role: Role | undefined): readonly Role[] {
  if (role === undefined || !ROLE_PERMISSIONS[role].has("members.manage")) return ROLES;
  return ROLES.filter((invited) => isAbove(invited, role));
}
