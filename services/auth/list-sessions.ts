import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { sessions } from "../../schema/tables/accounts.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import type { Platform } from "../platform.ts";
import type { SignedIn } from "../tenants/principal.ts";

const MAX_SESSIONS = 100;

/** The sessions of an account that live, the last used first; at most 100. */
export async function listSessions(
  platform: Platform,
  { accountId, sessionId }: Pick<SignedIn, "accountId" | "sessionId">,
) {
  const rows = await platform.everyTenant
    .select({
      id: sessions.id,
      tenant: tenants.name,
      method: sessions.method,
      device: sessions.device,
      createdAt: sessions.createdAt,
      lastUsedAt: sessions.lastUsedAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .leftJoin(tenants, eq(tenants.id, sessions.tenantId))
    .where(and(eq(sessions.accountId, accountId), isNull(sessions.revokedAt), gt(sessions.expiresAt, platform.now())))
    .orderBy(desc(sessions.lastUsedAt))
    .limit(MAX_SESSIONS);
  return rows.map((row) => ({ ...row, current: row.id === sessionId }));
}
