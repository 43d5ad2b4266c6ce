import type { Role } from "../../../schema/contracts/roles.ts";
import { type Fragment, fragment, sql } from "../sql.ts";
import { auditIfChanged, findTenant, tenantId } from "./common.ts";

export interface NewInvitation {
  id: string;
  /** The tenant's name. */
  tenant: string;
  /** SHA-256 of its token. */
  hash: string;
  /** Lower case. */
  email: string;
  role: Role;
  /** Unix ms. */
  now: number;
  expiresAt: number;
}

/**
 * An invitation in the place of an open one to the same address. Returns the tenant, the member who has joined already
 * (there is no new invitation then), the invitations that it replaces, its own id.
 */
export function invite({ id, tenant, hash, email, role, now, expiresAt }: NewInvitation): string[] {
  return [
    findTenant(tenant),
    sql`SELECT id, role FROM users WHERE ${isMember(tenant, email)}`,
    sql`UPDATE invitations SET revoked_at = ${now} WHERE tenant_id = ${tenantId(tenant)} AND email = ${email}
        AND accepted_at IS NULL AND revoked_at IS NULL AND NOT EXISTS (SELECT 1 FROM users WHERE ${isMember(tenant, email)})
      RETURNING id`,
    sql`INSERT INTO invitations (id, tenant_id, hash, email, role, invited_by, created_at, expires_at)
      SELECT ${id}, t.id, ${hash}, ${email}, ${role}, 'operator', ${now}, ${expiresAt} FROM tenants t
      WHERE t.id = ${tenantId(tenant)} AND NOT EXISTS (SELECT 1 FROM users WHERE ${isMember(tenant, email)})
      RETURNING id`,
    auditIfChanged({ tenant, action: "member.invited", target: `invitation:${id}`, detail: { email, role }, now }),
  ];
}

/**
 * Returns the tenant, then its members and those who are invited, by e-mail. `joined` is 1 for who has an account;
 * `invited_until` is the end of an open invitation.
 */
export function listMembers(tenant: string): string[] {
  return [
    findTenant(tenant),
    sql`SELECT u.email, u.role, a.name, u.account_id IS NOT NULL AS joined, u.created_at, i.expires_at AS invited_until
      FROM users u LEFT JOIN accounts a ON a.id = u.account_id
        LEFT JOIN invitations i ON i.tenant_id = u.tenant_id AND i.email = u.email AND i.accepted_at IS NULL
          AND i.revoked_at IS NULL
      WHERE u.tenant_id = ${tenantId(tenant)}
      UNION ALL SELECT i.email, i.role, NULL, 0, i.created_at, i.expires_at FROM invitations i
      WHERE i.tenant_id = ${tenantId(tenant)} AND i.accepted_at IS NULL AND i.revoked_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant_id = i.tenant_id AND u.email = i.email)
      ORDER BY 1`,
  ];
}

function isMember(tenant: string, email: string): Fragment {
  return fragment`tenant_id = ${tenantId(tenant)} AND lower(email) = ${email} AND account_id IS NOT NULL`;
}
