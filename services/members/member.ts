import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { Membership } from "../../core/auth/membership.ts";
import { Log0Error } from "../../core/errors.ts";
import { accounts, sessions } from "../../schema/tables/accounts.ts";
import { users } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/** A member as the tenant sees it. Times are Unix ms. */
export interface Member extends Membership {
  email: string;
  /** Empty for those who have not said it. */
  name: string;
  /** False for one whom an operator named, until the invitation is accepted. */
  joined: boolean;
  /** The last sign-in that is still known; null for none. */
  lastSignInAt: number | null;
  createdAt: number;
}

function select(scope: TenantScope, which?: SQL) {
  const last = sql<number | null>`(SELECT max(${sessions.createdAt}) FROM ${sessions}
    WHERE ${sessions.tenantId} = ${scope.tenantId} AND ${sessions.accountId} = ${users.accountId})`;
  return scope.db
    .select({
      id: users.id,
      email: users.email,
      name: sql<string>`coalesce(${accounts.name}, '')`,
      role: users.role,
      accountId: users.accountId,
      lastSignInAt: last,
      createdAt: users.createdAt,
    })
    .from(users)
    .leftJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(eq(users.tenantId, scope.tenantId), which))
    .orderBy(asc(users.email));
}

/** The tenant's members, by e-mail. */
export async function listMembers(scope: TenantScope): Promise<Member[]> {
  const rows = await select(scope);
  return rows.map(({ accountId, ...member }) => ({ ...member, joined: accountId !== null }));
}

/** @throws Log0Error not_found */
export async function loadMember(scope: TenantScope, userId: string): Promise<Member & { accountId: string | null }> {
  const row = await select(scope, eq(users.id, userId)).get();
  if (row === undefined) throw new Log0Error("not_found", "no such member");
  return { ...row, joined: row.accountId !== null };
}
