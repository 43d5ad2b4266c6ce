import { and, eq, inArray, sql } from "drizzle-orm";
import { users } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/** E-mails of users of the tenant, by id; those who are no members any more are missing. */
export async function emailsOf(scope: TenantScope, userIds: readonly string[]): Promise<Map<string, string>> {
  if (userIds.length === 0) return new Map();
  const rows = await scope.db
    .select({ id: users.id, email: users.email })
    .from(users)
    .where(
      and(
        eq(users.tenantId, scope.tenantId),
        // One parameter, whatever their number: a statement takes a hundred.
        inArray(users.id, sql`(SELECT value FROM json_each(${JSON.stringify(userIds)}))`),
      ),
    );
  return new Map(rows.map(({ id, email }) => [id, email]));
}

/** The same for those whom history and audit name: `user:<id>`, beside others. @returns by what was asked */
export async function emailsOfActors(scope: TenantScope, actors: readonly string[]): Promise<Map<string, string>> {
  const ids = actors.filter((actor) => actor.startsWith("user:")).map((actor) => actor.slice("user:".length));
  const emails = await emailsOf(scope, [...new Set(ids)]);
  return new Map([...emails].map(([id, email]) => [`user:${id}`, email]));
}
