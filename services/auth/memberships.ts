import { and, asc, eq, ne } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import type { Role } from "../../schema/contracts/roles.ts";
import type { TenantId } from "../../schema/contracts/tenant-id.ts";
import { tenants, users } from "../../schema/tables/tenants.ts";
import type { Platform } from "../platform.ts";
import { refuseSuspended } from "../tenants/authenticate.ts";

/** A tenant that an account may work in. */
export interface Membership {
  id: TenantId;
  name: string;
  role: Role;
  /** `users.id`: who the account is in this tenant. */
  userId: string;
}

export interface Memberships {
  /** Of active tenants, by name. */
  active: readonly Membership[];
  /** Of suspended ones. */
  suspended: readonly Membership[];
}

/** The tenants of an account; one that is being deleted is gone. */
export async function membershipsOf(platform: Platform, accountId: string): Promise<Memberships> {
  const rows = await platform.everyTenant
    .select({ id: tenants.id, name: tenants.name, role: users.role, userId: users.id, status: tenants.status })
    .from(users)
    .innerJoin(tenants, eq(tenants.id, users.tenantId))
    .where(and(eq(users.accountId, accountId), ne(tenants.status, "deleting")))
    .orderBy(asc(tenants.name));
  const of = (status: string) =>
    rows.filter((row) => row.status === status).map(({ status: _, ...membership }) => membership);
  return { active: of("active"), suspended: of("suspended") };
}

/** The one tenant that is asked for: either by id or by name. */
export interface Asked {
  tenantId?: TenantId | undefined;
  tenantName?: string | undefined;
}

/**
 * The membership to go on with.
 * @param preferred what should be it where none is asked for, the best first
 * @throws Log0Error tenant_suspended; forbidden when the account is in no tenant, or not in the one that is asked for
 */
export function chooseMembership(
  { active, suspended }: Memberships,
  { tenantId, tenantName }: Asked,
  preferred: readonly string[] = [],
): Membership {
  const isAsked = ({ id, name }: Membership) =>
    (tenantId === undefined || tenantId === id) && (tenantName === undefined || tenantName === name);
  const candidates = active.filter(isAsked);
  const best = preferred.flatMap((id) => candidates.filter((one) => one.id === id)).at(0) ?? candidates.at(0);
  if (best !== undefined) return best;
  refuseSuspended(!suspended.some(isAsked));
  const none = tenantId === undefined && tenantName === undefined;
  throw new Log0Error("forbidden", none ? "you are a member of no tenant" : "you are no member of this tenant");
}
