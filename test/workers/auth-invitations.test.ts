import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { errorCode } from "../../core/errors.ts";
import { users } from "../../schema/tables/tenants.ts";
import { acceptInvitation } from "../../services/auth/accept-invitation.ts";
import {
  Browser,
  createAccount,
  createMember,
  freshEmail,
  guardConsole,
  INVITATION_MS,
  invite,
  meanwhile,
  PASSWORD,
  sql,
} from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
guardConsole();

const GONE = { status: 400, code: "invalid_token" };

const accept = (browser: Browser, token: string, more: { password?: string; name?: string } = {}) =>
  browser.outcome("/auth/invitations/accept", { body: { token, password: PASSWORD, ...more } });
const show = (token: string) => new Browser().ask("/auth/invitations/show", { body: { token } });

const membersOf = async (tenant: Tenant) =>
  (await sql("SELECT id, email, role, account_id FROM users WHERE tenant_id = ? ORDER BY email", tenant.id)).results;
const joinedOf = async (tenant: Tenant) =>
  (await sql("SELECT actor, target, detail FROM audit_log WHERE tenant_id = ? AND action = 'member.joined'", tenant.id))
    .results;

describe("an invitation is shown", () => {
  test("with who invites whom, to what, as what, and whether there is an account", async () => {
    const tenant = await createTenant();
    const inviter = await createMember(tenant, "admin");
    const guest = await createMember(await createTenant());
    const byUser = await invite(tenant, guest.email, { role: "admin", invitedBy: `user:${inviter.userId}` });
    const expiresAt = Date.now() + INVITATION_MS;
    expect(await (await show(byUser)).json()).toEqual({
      ...{
        tenant: tenant.name,
        email: guest.email,
        role: "admin",
        hasAccount: true,
        inviter: inviter.email,
        expiresAt,
      },
    });
    const email = freshEmail();
    const byOperator = await invite(tenant, email);
    expect(await (await show(byOperator)).json()).toMatchObject({ email, hasAccount: false, inviter: null });
  });

  test("to nobody when it is unknown, over, withdrawn or accepted", async () => {
    const tenant = await createTenant();
    const [old, withdrawn, accepted] = [
      await invite(tenant, freshEmail()),
      await invite(tenant, freshEmail()),
      await invite(tenant, freshEmail()),
    ];
    await sql(
      "UPDATE invitations SET expires_at = ? WHERE tenant_id = ? AND rowid % 3 >= 0",
      Date.now() + 1,
      tenant.id,
    );
    expect(await accept(new Browser(), accepted)).toEqual({ status: 200 });
    const hash = (
      await sql("SELECT hash FROM invitations WHERE tenant_id = ? ORDER BY rowid LIMIT 1 OFFSET 1", tenant.id)
    ).results[0]?.hash;
    await sql("UPDATE invitations SET revoked_at = 1, expires_at = expires_at + 1000 WHERE hash = ?", hash);
    advance(1);
    for (const token of [old, withdrawn, accepted, "l0i_x", `${old.slice(0, -4)}AAAA`]) {
      expect((await show(token)).status).toBe(400);
      expect(await accept(new Browser(), token)).toEqual(GONE);
    }
    expect(await membersOf(tenant)).toHaveLength(1);
  });

  test("in a body, never by its address", async () => {
    const token = await invite(await createTenant(), freshEmail());
    const asked = await new Browser().outcome(`/auth/invitations/show?token=${token}`, { body: {} });
    expect(asked).toMatchObject({ status: 400, code: "invalid_query" });
  });
});

describe("an invitation that is accepted", () => {
  test("makes an account and a member, signs in, and is on record without secrets", async () => {
    const tenant = await createTenant();
    const email = freshEmail();
    const token = await invite(tenant, email, { role: "admin" });
    const browser = new Browser();
    const granted = await browser.granted("/auth/invitations/accept", { token, name: " Grace ", password: PASSWORD });
    expect(granted.user).toMatchObject({ email, name: "Grace", role: "admin" });
    const [member] = await membersOf(tenant);
    expect(member).toEqual({ id: granted.user.id, email, role: "admin", account_id: granted.user.accountId });
    const actor = `user:${granted.user.id}`;
    expect(await joinedOf(tenant)).toEqual([{ actor, target: actor, detail: '{"role":"admin"}' }]);
    expect(await accept(new Browser(), token)).toEqual(GONE);
    await new Browser().login(email);
  });

  test("keeps the id of a member whom the operator has named before", async () => {
    const tenant = await createTenant();
    const email = freshEmail();
    const id = crypto.randomUUID();
    await tenant.platform.everyTenant
      .insert(users)
      .values({ id, tenantId: tenant.id, email, role: "viewer", createdAt: Date.now() });
    expect(await accept(new Browser(), await invite(tenant, email, { role: "owner" }))).toEqual({ status: 200 });
    expect(await membersOf(tenant)).toMatchObject([{ id, email, role: "owner" }]);
  });

  test("does not take the role of one who is a member already", async () => {
    const tenant = await createTenant();
    const { email, userId } = await createMember(tenant, "owner");
    expect(await accept(new Browser(), await invite(tenant, email, { role: "viewer" }))).toEqual({ status: 200 });
    expect(await membersOf(tenant)).toMatchObject([{ id: userId, role: "owner" }]);
  });

  test("asks the owner of an account for the present password, and leaves that account as it is", async () => {
    const [first, second] = [await createTenant(), await createTenant()];
    const { email, accountId } = await createMember(first);
    const token = await invite(second, email);
    const browser = new Browser();
    const wrong = { status: 401, code: "invalid_credentials" };
    expect(await accept(browser, token, { password: "another fine password" })).toEqual(wrong);
    expect(await membersOf(second)).toEqual([]);
    const granted = await browser.granted("/auth/invitations/accept", { token, name: "Mallory", password: PASSWORD });
    expect(granted).toMatchObject({ user: { accountId, name: "" }, tenant: { id: second.id } });
    expect(granted.tenants).toHaveLength(2);
  });

  test("is no way into an account that has no password", async () => {
    const email = freshEmail();
    await createAccount(email, null);
    const tenant = await createTenant();
    const token = await invite(tenant, email);
    expect(await accept(new Browser(), token)).toEqual({ status: 401, code: "invalid_credentials" });
    expect(await membersOf(tenant)).toEqual([]);
  });

  test("with a weak password is not used up", async () => {
    const tenant = await createTenant();
    const email = freshEmail();
    const token = await invite(tenant, email);
    for (const password of ["short", email, "x".repeat(300)]) {
      expect(await accept(new Browser(), token, { password })).toEqual({ status: 400, code: "weak_password" });
    }
    expect((await sql("SELECT id FROM accounts WHERE email = ?", email)).results).toEqual([]);
    expect(await accept(new Browser(), token)).toEqual({ status: 200 });
  });

  test("by two at once makes one account and one member, and signs one in", async () => {
    const tenant = await createTenant();
    const email = freshEmail();
    const token = await invite(tenant, email);
    const passwords = ["the first of two passwords", "the second of two passwords"];
    const outcomes = await Promise.all(passwords.map((password) => accept(new Browser(), token, { password })));
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await sql("SELECT id FROM accounts WHERE email = ?", email)).results).toHaveLength(1);
    expect(await membersOf(tenant)).toHaveLength(1);
    expect(await joinedOf(tenant)).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 200);
    expect(await new Browser().tryLogin(email, passwords[winner])).toEqual({ status: 200 });
    expect(await new Browser().tryLogin(email, passwords[1 - winner])).toMatchObject({ status: 401 });
  });

  test("by the owner of an account, twice at once, makes one member", async () => {
    const tenant = await createTenant();
    const { email } = await createMember(await createTenant());
    const token = await invite(tenant, email);
    const outcomes = await Promise.all([accept(new Browser(), token), accept(new Browser(), token)]);
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await joinedOf(tenant)).toHaveLength(1);
  });

  test("of two tenants at once makes one account, in both sooner or later", async () => {
    const tenants = [await createTenant(), await createTenant()];
    const email = freshEmail();
    const tokens = [await invite(tenants[0] ?? unreachable(), email), await invite(tenants[1] ?? unreachable(), email)];
    const outcomes = await Promise.all(tokens.map((token) => accept(new Browser(), token)));
    for (const [index, { status }] of outcomes.entries()) {
      if (status !== 200) expect(await accept(new Browser(), tokens[index] ?? "")).toEqual({ status: 200 });
    }
    expect((await sql("SELECT id FROM accounts WHERE email = ?", email)).results).toHaveLength(1);
    expect((await new Browser().login(email)).tenants).toHaveLength(2);
  });

  test("is no longer one when it is withdrawn, or its tenant suspended, at the same moment", async () => {
    for (const [statement, code] of [
      ["UPDATE invitations SET revoked_at = 1 WHERE tenant_id = ?", "invalid_token"],
      ["UPDATE tenants SET status = 'suspended' WHERE id = ?", "tenant_suspended"],
    ] as const) {
      const tenant = await createTenant();
      const email = freshEmail();
      const token = await invite(tenant, email);
      const platform = meanwhile('update "invitations"', () => sql(statement, tenant.id));
      const acceptance = { token, password: PASSWORD, name: "", device: "", address: "", requestId: undefined };
      expect(await acceptInvitation(platform, acceptance).catch(errorCode)).toBe(code);
      expect(await membersOf(tenant)).toEqual([]);
      expect(await joinedOf(tenant)).toEqual([]);
      expect((await sql("SELECT id FROM accounts WHERE email = ?", email)).results).toEqual([]);
    }
  });

  test("not while the tenant is suspended, and not when it is on its way out", async () => {
    const tenant = await createTenant({ status: "suspended" });
    const token = await invite(tenant, freshEmail());
    expect(await accept(new Browser(), token)).toEqual({ status: 403, code: "tenant_suspended" });
    await env.DB.prepare("UPDATE tenants SET status = 'deleting' WHERE id = ?").bind(tenant.id).run();
    expect(await accept(new Browser(), token)).toEqual(GONE);
  });
});

function unreachable(): never {
  throw new Error("unreachable");
}
