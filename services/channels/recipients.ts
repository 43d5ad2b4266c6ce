import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { users } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";
import type { ChannelAccess } from "./access.ts";

/**
 * Those of the addresses that the tenant may have the deployment write to: all, where the operator trusts the tenants;
 * else the ones of members, who have shown that the address is theirs when they joined.
 */
async function allowed(
  scope: TenantScope,
  to: readonly string[],
  { tenantsTrusted }: Pick<ChannelAccess, "tenantsTrusted">,
): Promise<readonly string[]> {
  if (tenantsTrusted) return to;
  const asked = sql`(SELECT value FROM json_each(${JSON.stringify(to.map((address) => address.toLowerCase()))}))`;
  const rows = await scope.db
    .select({ email: users.email })
    .from(users)
    .where(
      and(eq(users.tenantId, scope.tenantId), isNotNull(users.accountId), inArray(sql`lower(${users.email})`, asked)),
    );
  const members = new Set(rows.map(({ email }) => email.toLowerCase()));
  return to.filter((address) => members.has(address.toLowerCase()));
}

/** @throws Log0Error invalid_query, which names those whom the tenant may not write to */
export async function checkRecipients(
  scope: TenantScope,
  to: readonly string[],
  access: Pick<ChannelAccess, "tenantsTrusted">,
): Promise<void> {
  const may = new Set(await allowed(scope, to, access));
  const others = to.filter((address) => !may.has(address));
  if (others.length === 0) return;
  throw new Log0Error("invalid_query", `mail goes to members of the tenant only; invite first: ${others.join(", ")}`);
}

/** Whom a message goes to at present: somebody may have left. @throws Log0Error delivery_failed when there is nobody left */
export async function presentRecipients(
  scope: TenantScope,
  to: readonly string[],
  access: Pick<ChannelAccess, "tenantsTrusted">,
): Promise<readonly string[]> {
  const may = await allowed(scope, to, access);
  if (may.length === 0)
    throw new Log0Error("delivery_failed", "none of the recipients is a member of the tenant any more");
  return may;
}
