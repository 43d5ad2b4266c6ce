import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Role } from "../../schema/contracts/roles.ts";
import { invitations } from "../../schema/tables/accounts.ts";
import { users } from "../../schema/tables/tenants.ts";
import { actsOf, api } from "./support/api.ts";
import { freshEmail, mailsTo, signedIn } from "./support/auth.ts";
import { answers } from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { inviteBy, joinWith, membersOf, openOf, tokenOf } from "./support/invitations.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const DAY_MS = 24 * 3600_000;

describe("an invitation", () => {
  test("goes by mail, and its link leads to a member of the role", async () => {
    const tenant = await createTenant();
    const admin = await signedIn(tenant, "admin");
    const email = freshEmail();
    const sent = await inviteBy(admin.accessToken, email.toUpperCase(), "viewer");
    expect(sent).toMatchObject({ email, role: "viewer", emailed: true, expiresAt: Date.now() + 7 * DAY_MS });
    expect(sent.link).toMatch(new RegExp(`^${env.PUBLIC_URL}/join#l0i_[A-Za-z0-9_-]{43}$`));
    const mails = await mailsTo(email);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain(sent.link);
    expect(mails[0]).toContain(admin.email);
    advance(1);
    expect(await joinWith(sent.link)).toEqual({ status: 200 });
    const joined = (await membersOf(tenant.key)).find((member) => member.email === email);
    expect(joined).toMatchObject({ role: "viewer", joined: true });
    expect(await openOf(tenant.key)).toEqual([]);
    expect((await actsOf(tenant.key)).map(({ action }) => action)).toEqual(["member.joined", "member.invited"]);
  });

  test("is shown without its link, which is nowhere at rest", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const sent = await inviteBy(owner.accessToken, freshEmail(), "owner");
    expect(await openOf(tenant.key)).toMatchObject([
      { id: sent.id, email: sent.email, role: "owner", invitedBy: `user:${owner.userId}` },
    ]);
    const rows = await tenant.scope.db.select().from(invitations).where(eq(invitations.tenantId, tenant.id));
    expect(JSON.stringify([rows, await actsOf(tenant.key)])).not.toContain(tokenOf(sent.link).slice(4));
  });

  describe("without mail", () => {
    const from = env.EMAIL_FROM;
    beforeEach(() => Object.assign(env, { EMAIL_FROM: "" }));
    afterEach(() => Object.assign(env, { EMAIL_FROM: from }));

    test("stands all the same: the link is in the answer", async () => {
      const owner = await signedIn(await createTenant(), "owner");
      const sent = await inviteBy(owner.accessToken, freshEmail(), "member");
      expect(sent.emailed).toBe(false);
      expect(await joinWith(sent.link)).toEqual({ status: 200 });
    });
  });

  test("whose mail is refused stands all the same, and says so", async () => {
    const owner = await signedIn(await createTenant(), "owner");
    const email = freshEmail();
    await answers(email, [{ status: 500 }]);
    const sent = await inviteBy(owner.accessToken, email, "member");
    expect(sent.emailed).toBe(false);
    expect(await joinWith(sent.link)).toEqual({ status: 200 });
  });

  test("that cannot be written says nothing of whom it is for in the log", async () => {
    const owner = await signedIn(await createTenant(), "owner");
    const email = freshEmail();
    fail("db", 'insert into "invitations"');
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await api(owner.accessToken, "POST", "/members/invitations", { email, role: "viewer" })).toMatchObject({
      status: 503,
    });
    expect(said).toHaveBeenCalledOnce();
    expect(JSON.stringify(said.mock.calls)).not.toContain(email);
    said.mockRestore();
  });

  test("takes the place of the one before: of several at once, one link works", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const email = freshEmail();
    const roles: Role[] = ["viewer", "member", "admin"];
    const sent = await Promise.all(roles.map((role) => inviteBy(owner.accessToken, email, role)));
    const open = await openOf(tenant.key);
    expect(open).toHaveLength(1);
    const codes = await Promise.all(
      sent.filter(({ id }) => id !== open[0]?.id).map(async ({ link }) => (await joinWith(link)).code),
    );
    expect(codes).toEqual(["invalid_token", "invalid_token"]);
    const last = sent.find(({ id }) => id === open[0]?.id);
    expect(await joinWith(last?.link ?? "")).toEqual({ status: 200 });
  });

  test("that is taken back is worth nothing, and cannot be taken back again", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const { id, link, email } = await inviteBy(owner.accessToken, freshEmail(), "member");
    advance(1);
    const remove = () => api(owner.accessToken, "DELETE", `/members/invitations/${id}`);
    const statuses = (await Promise.all([remove(), remove()])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([204, 404]);
    expect(await joinWith(link)).toMatchObject({ code: "invalid_token" });
    const [act, ...before] = await actsOf(tenant.key);
    expect(act).toMatchObject({ action: "member.invitation-revoked", target: `invitation:${id}`, detail: { email } });
    expect(before).toHaveLength(1);
  });

  test("ends after seven days, and another one of the address can be sent then", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const email = freshEmail();
    const { id, link } = await inviteBy(owner.accessToken, email, "member");
    advance(7 * DAY_MS);
    expect(await joinWith(link)).toMatchObject({ code: "invalid_token" });
    expect(await openOf(tenant.key)).toEqual([]);
    const token = (await signedIn(tenant, "owner")).accessToken;
    expect(await api(token, "DELETE", `/members/invitations/${id}`)).toMatchObject({ status: 404 });
    expect((await inviteBy(token, email, "member")).id).not.toBe(id);
  });

  test("of a member, in whatever case, is refused", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const invitation = { email: owner.email.toUpperCase(), role: "admin" };
    const refused = { status: 409, detail: `${owner.email} is a member already` };
    expect(await api(owner.accessToken, "POST", "/members/invitations", invitation)).toMatchObject(refused);
  });

  test("of an owner is an owner's to send, and to take back; so is one to an owner whom the operator named", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const admin = await signedIn(tenant, "admin");
    const named = freshEmail();
    await tenant.scope.db
      .insert(users)
      .values({ id: crypto.randomUUID(), tenantId: tenant.id, email: named, role: "owner", createdAt: 1 });
    const send = (email: string, role: Role) => api(admin.accessToken, "POST", "/members/invitations", { email, role });
    expect(await send(freshEmail(), "owner")).toMatchObject({ status: 403 });
    expect(await send(named, "viewer")).toMatchObject({ status: 403 });
    const { id, email, link } = await inviteBy(owner.accessToken, freshEmail(), "owner");
    expect(await api(admin.accessToken, "DELETE", `/members/invitations/${id}`)).toMatchObject({ status: 403 });
    // Nor by putting a lesser one in its place.
    expect(await send(email, "viewer")).toMatchObject({ status: 403, detail: "only an owner may invite an owner" });
    expect((await openOf(tenant.key)).map((open) => open.id)).toEqual([id]);
    expect(await joinWith(link)).toEqual({ status: 200 });
  });

  test("beyond a hundred open ones is refused, and leaves the one of the address as it was", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const now = Date.now();
    for (let index = 0; index < 100; index++) {
      const id = crypto.randomUUID();
      await tenant.scope.db.insert(invitations).values({
        ...{ id, tenantId: tenant.id, hash: id, email: `${id}@acme.test`, role: "viewer", invitedBy: "operator" },
        ...{ createdAt: now, expiresAt: now + DAY_MS },
      });
    }
    const invitation = { email: freshEmail(), role: "viewer" };
    const refused = { status: 409, detail: "there are 100 open invitations already" };
    expect(await api(owner.accessToken, "POST", "/members/invitations", invitation)).toMatchObject(refused);
    const [first] = await openOf(tenant.key);
    await inviteBy(owner.accessToken, first?.email ?? "", "member");
    expect(await openOf(tenant.key)).toHaveLength(100);
  });

  test.each([
    ["no e-mail", { email: "acme", role: "viewer" }],
    ["a line break", { email: "a@acme.test\r\nBcc: b@acme.test", role: "viewer" }],
    ["an unknown role", { email: "a@acme.test", role: "root" }],
    ["more than it may say", { email: "a@acme.test", role: "viewer", tenantId: "x" }],
  ])("with %s is refused", async (_what, body) => {
    const owner = await signedIn(await createTenant(), "owner");
    expect(await api(owner.accessToken, "POST", "/members/invitations", body)).toMatchObject({ status: 400 });
  });
});

test("nobody is written to without end: five times a day an address, two hundred times a tenant", async () => {
  const tenant = await createTenant();
  const owner = await signedIn(tenant, "owner");
  const email = freshEmail();
  const ask = (to: string) => api(owner.accessToken, "POST", "/members/invitations", { email: to, role: "viewer" });
  for (let n = 0; n < 5; n++) {
    const { id } = await inviteBy(owner.accessToken, email, "viewer");
    if (n % 2 === 1)
      expect(await api(owner.accessToken, "DELETE", `/members/invitations/${id}`)).toMatchObject({ status: 204 });
  }
  expect(await ask(email)).toMatchObject({ status: 429, code: "rate_limited" });
  expect(await mailsTo(email)).toHaveLength(5);
  expect(await ask(freshEmail())).toMatchObject({ status: 201 });
  const now = Date.now();
  await env.DB.batch(
    Array.from({ length: 194 }, (_, n) =>
      env.DB.prepare(
        `INSERT INTO invitations (id, tenant_id, hash, email, role, invited_by, created_at, expires_at, revoked_at)
         VALUES (?1, ?2, ?1, ?1, 'viewer', 'operator', ?3, ?3, ?3)`,
      ).bind(`${tenant.id}-${n}`, tenant.id, now),
    ),
  );
  expect(await ask(freshEmail())).toMatchObject({ status: 429, code: "rate_limited" });
  advance(DAY_MS + 1);
  const later = await signedIn(tenant, "owner");
  expect(await api(later.accessToken, "POST", "/members/invitations", { email, role: "viewer" })).toMatchObject({
    status: 201,
  });
});
