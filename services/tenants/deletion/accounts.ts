import { inArray, type SQL, sql } from "drizzle-orm";
import { accounts, passwordResets, refreshTokens, sessions } from "../../../schema/tables/accounts.ts";
import type { TenantScope } from "../../platform.ts";
import { QUERY_COST, type Turn, type TurnResult } from "./turn.ts";

/** Accounts, and refresh tokens, that one statement deletes at most. */
const PAGE = 500;

/**
 * Accounts of the tenant's members that are members of no tenant that stays: of two tenants that go at the same time,
 * the second takes their common members along.
 */
function leftBehind({ tenantId }: TenantScope): SQL {
  return sql`(SELECT member.account_id FROM users member JOIN accounts ON accounts.id = member.account_id
    WHERE member.tenant_id = ${tenantId} AND NOT EXISTS (
      SELECT 1 FROM users other JOIN tenants ON tenants.id = other.tenant_id AND tenants.status <> 'deleting'
      WHERE other.account_id = member.account_id AND other.tenant_id <> ${tenantId})
    ORDER BY 1 LIMIT ${PAGE})`;
}

/**
 * Deletes people who are members nowhere else, with their sessions, refresh tokens and password resets; and the refresh
 * tokens of others for this tenant, which do not name it. One batch sees one set of accounts: they go last.
 */
export async function removeAccounts({ scope }: Turn): Promise<TurnResult> {
  const { db, tenantId } = scope;
  const left = leftBehind(scope);
  const [tokens, , , , people] = await db.batch([
    db
      .delete(refreshTokens)
      .where(
        sql`hash IN (SELECT hash FROM refresh_tokens
          WHERE session_id IN (SELECT id FROM sessions WHERE tenant_id = ${tenantId}) LIMIT ${PAGE})`,
      )
      .returning({ hash: refreshTokens.hash }),
    db
      .delete(refreshTokens)
      .where(inArray(refreshTokens.sessionId, sql`(SELECT id FROM sessions WHERE account_id IN ${left})`)),
    db.delete(passwordResets).where(inArray(passwordResets.accountId, left)),
    db.delete(sessions).where(inArray(sessions.accountId, left)),
    db.delete(accounts).where(inArray(accounts.id, left)).returning({ id: accounts.id }),
  ]);
  const more = tokens.length === PAGE || people.length === PAGE;
  return { at: more ? "more" : null, removed: { accounts: people.length, rows: tokens.length }, cost: 5 * QUERY_COST };
}
