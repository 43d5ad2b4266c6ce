import { and, eq, sql } from "drizzle-orm";
import { checkRoleChange, type Membership } from "../../core/auth/membership.ts";
import { Log0Error } from "../../core/errors.ts";
import type { Role } from "../../schema/contracts/roles.ts";
import { users } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { endInvitations, keepsOwner, stillIs } from "./conditions.ts";
import { loadMember, type Member } from "./member.ts";

/**
 * Makes a member something else; it holds within 30 s everywhere.
 * @throws Log0Error not_found, forbidden; conflict for the last owner, or when somebody else changed it meanwhile
 */
export async function changeRole(scope: TenantScope, userId: string, role: Role, by: Membership): Promise<Member> {
  const { accountId: _account, ...member } = await loadMember(scope, userId);
  checkRoleChange(by, member, role);
  if (member.role === role) return member;
  const [changed] = await scope.db.batch([
    scope.db
      .update(users)
      .set({ role })
      .where(
        and(
          eq(users.tenantId, scope.tenantId),
          eq(users.id, userId),
          eq(users.role, member.role),
          stillIs(scope, by),
          role === "owner" ? undefined : keepsOwner(scope),
        ),
      )
      .returning({ id: users.id }),
    auditIfChanged(scope, {
      actor: `user:${by.id}`,
      action: "member.role-changed",
      target: `user:${userId}`,
      detail: { email: member.email, from: member.role, to: role },
    }),
    endInvitations(scope, member, role),
  ]);
  if (changed.length === 0) await explainRefusal(scope, member, by);
  return { ...member, role };
}

/** Why nothing was written. @throws Log0Error always: not_found, forbidden or conflict */
export async function explainRefusal(scope: TenantScope, member: Membership, by: Membership): Promise<never> {
  const present = await loadMember(scope, member.id);
  const acting = await scope.db
    .select({ role: users.role })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), eq(users.id, by.id), sql`role = ${by.role}`))
    .get();
  if (acting === undefined) throw new Log0Error("forbidden", `you are no ${by.role} any more`);
  if (present.role !== member.role) {
    throw new Log0Error("conflict", `${present.email} has become ${present.role} meanwhile`);
  }
  throw new Log0Error("conflict", `${present.email} is the last owner: make somebody else one first`);
}
