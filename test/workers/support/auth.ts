import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { createToken } from "../../../core/auth/opaque-token.ts";
import { hashPassword } from "../../../core/auth/password.ts";
import type { Role } from "../../../schema/contracts/roles.ts";
import { accounts, invitations } from "../../../schema/tables/accounts.ts";
import { users } from "../../../schema/tables/tenants.ts";
import { startSession } from "../../../services/auth/start-session.ts";
import type { Platform } from "../../../services/platform.ts";
import { platformOf } from "../../../workers/platform.ts";
import { Browser, type Granted, keepSecret, PASSWORD } from "./browser.ts";
import { received } from "./channels.ts";
import { createTenant, type Tenant } from "./tenant.ts";
import { wrap } from "./wrap.ts";

export * from "./browser.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

let hashed: Promise<string> | undefined;
let people = 0;

export function freshEmail(): string {
  return `somebody${++people}-${crypto.randomUUID()}@acme.test`;
}

export interface Member {
  email: string;
  accountId: string;
  userId: string;
}

/** Makes an account, which is in no tenant yet. The password is PASSWORD, unless it is null or a hash is given. */
export async function createAccount(email = freshEmail(), passwordHash?: string | null): Promise<string> {
  hashed ??= hashPassword(PASSWORD, random(16));
  const id = crypto.randomUUID();
  const now = Date.now();
  await platformOf(env)
    .everyTenant.insert(accounts)
    .values({
      id,
      email,
      passwordHash: passwordHash === undefined ? await hashed : passwordHash,
      createdAt: now,
      updatedAt: now,
    });
  return id;
}

/** Makes an account a member of a tenant. @returns `users.id` */
export async function addMember(tenant: Tenant, accountId: string, email: string, role: Role): Promise<string> {
  const id = crypto.randomUUID();
  await platformOf(env)
    .everyTenant.insert(users)
    .values({ id, tenantId: tenant.id, email, role, accountId, createdAt: Date.now() });
  return id;
}

/** Makes somebody with an account and the password PASSWORD. */
export async function createMember(tenant: Tenant, role: Role = "member"): Promise<Member> {
  const email = freshEmail();
  const accountId = await createAccount(email);
  return { email, accountId, userId: await addMember(tenant, accountId, email, role) };
}

/** Somebody in a browser, signed in with a password. */
export async function atWork(
  role: Role = "member",
): Promise<{ tenant: Tenant; member: Member; browser: Browser; granted: Granted }> {
  const tenant = await createTenant();
  const member = await createMember(tenant, role);
  const browser = new Browser();
  const granted = await browser.login(member.email);
  return { tenant, member, browser, granted };
}

/** How many sessions of an account are not ended. */
export async function livingSessions(accountId: string): Promise<number> {
  return (await sql("SELECT id FROM sessions WHERE account_id = ? AND revoked_at IS NULL", accountId)).results.length;
}

/** Somebody signed in, without the cost of a password. */
export async function signedIn(tenant: Tenant, role: Role = "member"): Promise<Member & { accessToken: string }> {
  const email = freshEmail();
  const accountId = await createAccount(email, null);
  const userId = await addMember(tenant, accountId, email, role);
  const session = { accountId, tenantId: tenant.id, method: "oidc", device: "" } as const;
  const { accessToken } = await startSession(platformOf(env), session);
  return { email, accountId, userId, accessToken };
}

export const INVITATION_MS = 7 * 24 * 3600_000;

/** Invites somebody, straight in D1. @returns the token of the link */
export async function invite(
  tenant: Tenant,
  email: string,
  { role = "member", invitedBy = "operator" }: { role?: Role; invitedBy?: string } = {},
): Promise<string> {
  const { token, hash } = createToken("invitation", random(32));
  const now = Date.now();
  await platformOf(env)
    .everyTenant.insert(invitations)
    .values({
      ...{ id: crypto.randomUUID(), tenantId: tenant.id, hash, email, role, invitedBy },
      ...{ createdAt: now, expiresAt: now + INVITATION_MS },
    });
  return token;
}

/** The texts of the mails that an address got. */
export async function mailsTo(email: string): Promise<string[]> {
  return (await received(email)).map(({ body }) => {
    const text = body.split("text/plain")[1]?.split("\r\n\r\n")[1] ?? "";
    return Buffer.from(text, "base64").toString();
  });
}

/** The token of the last mail with a link for a new password. */
export async function resetTokenOf(email: string): Promise<string> {
  const token = /#(l0p_\S+)/.exec((await mailsTo(email)).filter((mail) => mail.includes("#l0p_")).at(-1) ?? "");
  if (token?.[1] === undefined) throw new Error("no mail with a link");
  keepSecret(token[1]);
  return token[1];
}

/** The platform, on which something happens just before the batch with a statement that has `part` in it. */
export function meanwhile(part: string, act: () => Promise<unknown>): Platform {
  let armed = false;
  const db = wrap(env.DB, {
    prepare(statement: string) {
      armed ||= statement.includes(part);
      return env.DB.prepare(statement);
    },
    async batch(statements: D1PreparedStatement[]) {
      if (armed) await act();
      armed = false;
      return await env.DB.batch(statements);
    },
  });
  return { ...platformOf(env), everyTenant: drizzle(db) };
}

export function sql(text: string, ...values: unknown[]) {
  return env.DB.prepare(text)
    .bind(...values)
    .all<Record<string, unknown>>();
}
