import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { invitations } from "../../schema/tables/accounts.ts";
import { auditLog, users } from "../../schema/tables/tenants.ts";
import { problemOf } from "./support/http.ts";
import {
  addInvitation,
  addMember,
  type FakeIssuer,
  freshEmail,
  memberAt,
  refused,
  sessionsOf,
  signInByOidc,
  trustIssuer,
  trustNobody,
} from "./support/issuer.ts";
import { createTenant } from "./support/tenant.ts";

let issuer: FakeIssuer;

// Tokens are made by the real clock; this one moves on only when a test says so.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
beforeEach(async () => {
  vi.setSystemTime(vi.getRealSystemTime());
  issuer = await trustIssuer();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  trustNobody();
  vi.restoreAllMocks();
});

const db = drizzle(env.DB);

describe("who may come in", () => {
  test("somebody unknown, and an account without a tenant, get the same answer, and nothing is made", async () => {
    await issuer.person({ email: freshEmail(), email_verified: true });
    const unknown = await signInByOidc();
    const { email, accountId, tenant } = await memberAt(issuer);
    await db.delete(users).where(eq(users.accountId, accountId));
    const known = await signInByOidc();
    await refused(unknown, 403, "forbidden");
    await refused(known, 403, "forbidden");
    expect((await problemOf(unknown)).detail).toBe((await problemOf(known)).detail);
    expect(await db.select().from(users).where(eq(users.email, email))).toEqual([]);
    expect(await sessionsOf(accountId)).toEqual([]);
    expect(tenant.id).toBeDefined();
  });

  test("a member of a suspended tenant does not", async () => {
    const tenant = await createTenant({ status: "suspended" });
    const email = freshEmail();
    await addMember(tenant, email);
    await issuer.person({ email, email_verified: true });
    await refused(await signInByOidc(), 403, "tenant_suspended");
  });

  test("who is invited does: the invitation is accepted, with its role, on record", async () => {
    const tenant = await createTenant();
    const email = freshEmail();
    await addInvitation(tenant, email, { role: "admin" });
    await issuer.person({ email, email_verified: true, name: " Ada " });
    expect((await signInByOidc()).status).toBe(302);
    const [user] = await db.select().from(users).where(eq(users.email, email));
    expect(user).toMatchObject({ tenantId: tenant.id, role: "admin", accountId: expect.any(String) });
    expect(await sessionsOf(user?.accountId ?? "")).toMatchObject([{ tenantId: tenant.id, method: "oidc" }]);
    const [invitation] = await db.select().from(invitations).where(eq(invitations.email, email));
    expect(invitation?.acceptedAt).toEqual(expect.any(Number));
    const acts = await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id));
    expect(acts).toMatchObject([{ action: "member.joined", actor: `user:${user?.id}` }]);
    expect((await signInByOidc()).status).toBe(302);
    expect(await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id))).toHaveLength(1);
  });

  test("who is invited by several, and by two tabs at once, joins each once", async () => {
    const [first, second] = [await createTenant(), await createTenant()];
    const email = freshEmail();
    for (const tenant of [first, second]) await addInvitation(tenant, email);
    await issuer.person({ email, email_verified: true });
    const answers = await Promise.all([signInByOidc(), signInByOidc()]);
    expect(answers.map(({ status }) => status)).toEqual([302, 302]);
    const joined = await db.select().from(users).where(eq(users.email, email));
    expect(joined.map(({ tenantId }) => tenantId).toSorted()).toEqual([first.id, second.id].toSorted());
    expect(new Set(joined.map(({ accountId }) => accountId)).size).toBe(1);
  });

  test.each<[string, Parameters<typeof addInvitation>[2]]>([
    ["has expired", { expiresAt: 1 }],
    ["was revoked", { revokedAt: 1 }],
    ["was accepted already", { acceptedAt: 1 }],
  ])("whose invitation %s does not", async (_, more) => {
    const email = freshEmail();
    await addInvitation(await createTenant(), email, more);
    await issuer.person({ email, email_verified: true });
    await refused(await signInByOidc(), 403, "forbidden");
  });

  test("whose address is not verified does not, although invited", async () => {
    const tenant = await createTenant();
    const email = freshEmail();
    await addInvitation(tenant, email);
    await issuer.person({ email, email_verified: false });
    await refused(await signInByOidc(), 403, "forbidden");
    expect(await db.select().from(users).where(eq(users.email, email))).toEqual([]);
  });

  test("an account with a password joins no other tenant by this: who else knows the password would join, too", async () => {
    const [own, other] = [await createTenant(), await createTenant()];
    const email = freshEmail();
    const accountId = await addMember(own, email, { passwordHash: "$scrypt$somebody-else-chose-it" });
    await addInvitation(other, email);
    await issuer.person({ email, email_verified: true });
    expect((await signInByOidc()).status).toBe(302);
    expect((await sessionsOf(accountId)).map(({ tenantId }) => tenantId)).toEqual([own.id]);
    expect(await db.select().from(users).where(eq(users.tenantId, other.id))).toEqual([]);
  });
});
