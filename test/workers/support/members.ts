import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import type { Role } from "../../../schema/contracts/roles.ts";
import { accounts } from "../../../schema/tables/accounts.ts";
import { users } from "../../../schema/tables/tenants.ts";
import { startSession } from "../../../services/auth/start-session.ts";
import type { Tenant } from "./tenant.ts";

/** Somebody who is signed in. */
export interface Member {
  accountId: string;
  userId: string;
  email: string;
  /** An access token. */
  token: string;
}

/** Makes an account that is a member of the tenant, and signs it in. */
export async function memberOf(tenant: Tenant, role: Role): Promise<Member> {
  const accountId = crypto.randomUUID();
  const userId = crypto.randomUUID();
  const email = `${userId}@acme.test`;
  const createdAt = Date.now();
  const db = drizzle(env.DB);
  await db.batch([
    db.insert(accounts).values({ id: accountId, email, createdAt, updatedAt: createdAt }),
    db.insert(users).values({ id: userId, tenantId: tenant.id, email, role, accountId, createdAt }),
  ]);
  const session = await startSession(tenant.platform, {
    accountId,
    tenantId: tenant.id,
    method: "password",
    device: "",
  });
  return { accountId, userId, email, token: session.accessToken };
}
