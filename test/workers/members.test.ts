import "./support/bindings.ts";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { errorCode } from "../../core/errors.ts";
import type { Role } from "../../schema/contracts/roles.ts";
import { sessions } from "../../schema/tables/accounts.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { users } from "../../schema/tables/tenants.ts";
import { changeRole } from "../../services/members/change-role.ts";
import { removeMember } from "../../services/members/remove-member.ts";
import { actsOf, api, must } from "./support/api.ts";
import { createMember, freshEmail, signedIn } from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, incidentsOf } from "./support/http.ts";
import { inviteBy, joinWith, Member, membersOf, openOf } from "./support/invitations.ts";
import { events } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const DAY_MS = 24 * 3600_000;

function roleOf(tenant: Tenant, userId: string) {
  return tenant.scope.db
    .select({ role: users.role })
    .from(users)
    .where(and(eq(users.tenantId, tenant.id), eq(users.id, userId)))
    .get();
}

describe("members", () => {
  test("are shown by e-mail, with their last sign-in, and those who have not joined yet", async () => {
    const tenant = await createTenant();
    const { email, userId } = await signedIn(tenant, "owner");
    const named = "aaa@acme.test";
    await tenant.scope.db
      .insert(users)
      .values({ id: crypto.randomUUID(), tenantId: tenant.id, email: named, role: "admin", createdAt: 1 });
    expect(await membersOf(tenant.key)).toMatchObject([
      { email: named, joined: false, lastSignInAt: null, role: "admin", name: "" },
      { id: userId, email, joined: true, lastSignInAt: Date.now(), role: "owner" },
    ]);
  });

  test("of another tenant are neither shown nor within reach", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const stranger = await signedIn(await createTenant(), "viewer");
    expect((await membersOf(owner.accessToken)).map(({ id }) => id)).toEqual([owner.userId]);
    const path = `/members/${stranger.userId}`;
    expect(await api(owner.accessToken, "DELETE", path)).toMatchObject({ status: 404 });
    expect(await api(owner.accessToken, "PATCH", path, { role: "owner" })).toMatchObject({ status: 404 });
  });

  test("are managed by people: an API key, whatever its scopes, may not", async () => {
    const tenant = await createTenant();
    const { userId } = await createMember(tenant, "viewer");
    expect(await api(tenant.key, "DELETE", `/members/${userId}`)).toMatchObject({ status: 403, code: "forbidden" });
    const invitation = { email: freshEmail(), role: "viewer" };
    expect(await api(tenant.key, "POST", "/members/invitations", invitation)).toMatchObject({ status: 403 });
    expect(await api(tenant.key, "DELETE", "/members/me")).toMatchObject({ status: 403 });
  });
});

describe("a role", () => {
  test("is changed, and on record", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const { userId, email } = await createMember(tenant, "viewer");
    const changed = await must(Member, owner.accessToken, "PATCH", `/members/${userId}`, { role: "admin" });
    expect(changed).toMatchObject({ id: userId, role: "admin" });
    expect(await actsOf(tenant.key)).toMatchObject([
      {
        actor: `user:${owner.userId}`,
        actorEmail: owner.email,
        action: "member.role-changed",
        target: `user:${userId}`,
        targetEmail: email,
        detail: { email, from: "viewer", to: "admin" },
      },
    ]);
  });

  test("that it is already leaves no trace", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    await must(Member, owner.accessToken, "PATCH", `/members/${owner.userId}`, { role: "owner" });
    expect(await actsOf(tenant.key)).toEqual([]);
  });

  test("above one's own is not an admin's to give, nor to take", async () => {
    const tenant = await createTenant();
    const owner = await createMember(tenant, "owner");
    const admin = await signedIn(tenant, "admin");
    const make = (userId: string, role: Role) => api(admin.accessToken, "PATCH", `/members/${userId}`, { role });
    expect(await make(admin.userId, "owner")).toMatchObject({ status: 403, code: "forbidden" });
    expect(await make(owner.userId, "admin")).toMatchObject({ detail: "only an owner may change an owner" });
    expect(await api(admin.accessToken, "DELETE", `/members/${owner.userId}`)).toMatchObject({ status: 403 });
    expect(await actsOf(tenant.key)).toEqual([]);
  });

  test("of the last owner who has joined cannot be given up", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    await tenant.scope.db
      .insert(users)
      .values({ id: crypto.randomUUID(), tenantId: tenant.id, email: "b@acme.test", role: "owner", createdAt: 1 });
    const path = `/members/${owner.userId}`;
    const refused = { status: 409, code: "conflict", detail: expect.stringContaining("the last owner") };
    expect(await api(owner.accessToken, "PATCH", path, { role: "admin" })).toMatchObject(refused);
    expect(await api(owner.accessToken, "DELETE", "/members/me")).toMatchObject(refused);
    expect(await roleOf(tenant, owner.userId)).toEqual({ role: "owner" });
    expect(await actsOf(tenant.key)).toEqual([]);
  });

  test("that one had when one asked is not what counts: whoever is no admin any more changes nothing", async () => {
    const tenant = await createTenant();
    const { userId } = await createMember(tenant, "member");
    const admin = await createMember(tenant, "member");
    const by = { id: admin.userId, role: "admin" } as const;
    await expect(changeRole(tenant.scope, userId, "viewer", by)).rejects.toMatchObject({ code: "forbidden" });
    await expect(removeMember(tenant.scope, userId, by)).rejects.toMatchObject({ code: "forbidden" });
    expect(await roleOf(tenant, userId)).toEqual({ role: "member" });
  });
});

describe("of two owners at once", () => {
  const races: [string, (tenant: Tenant, of: string, by: string) => Promise<unknown>][] = [
    ["who remove each other", (tenant, of, by) => removeMember(tenant.scope, of, { id: by, role: "owner" })],
    [
      "who take each other's role",
      (tenant, of, by) => changeRole(tenant.scope, of, "viewer", { id: by, role: "owner" }),
    ],
    ["who both leave", (tenant, of) => removeMember(tenant.scope, of, { id: of, role: "owner" })],
    [
      "of whom one leaves and one steps down",
      (tenant, of, by) =>
        of < by
          ? removeMember(tenant.scope, of, { id: of, role: "owner" })
          : changeRole(tenant.scope, of, "admin", { id: of, role: "owner" }),
    ],
  ];
  test.each(races)("%s, one stays", async (_who, act) => {
    const tenant = await createTenant();
    const [one, two] = [await createMember(tenant, "owner"), await createMember(tenant, "owner")];
    const outcomes = await Promise.allSettled([
      act(tenant, one.userId, two.userId),
      act(tenant, two.userId, one.userId),
    ]);
    const codes = outcomes.map((outcome) => (outcome.status === "fulfilled" ? "done" : errorCode(outcome.reason)));
    expect(codes.filter((code) => code === "done")).toHaveLength(1);
    expect(["forbidden", "conflict"]).toContain(codes.find((code) => code !== "done"));
    const owners = (await membersOf(tenant.key)).filter(({ role }) => role === "owner");
    expect(owners).toHaveLength(1);
    expect(await actsOf(tenant.key)).toHaveLength(1);
  });
});

describe("a member who is removed", () => {
  test("has no session here any more, and keeps those elsewhere", async () => {
    const tenant = await createTenant();
    const elsewhere = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const member = await signedIn(tenant, "member");
    const other = crypto.randomUUID();
    await elsewhere.scope.db.insert(sessions).values({
      ...{ id: other, accountId: member.accountId, tenantId: elsewhere.id, method: "password", device: "" },
      ...{ createdAt: 1, lastUsedAt: 1, expiresAt: Date.now() + DAY_MS },
    });
    expect((await api(member.accessToken, "GET", "/members")).status).toBe(200);
    expect((await api(owner.accessToken, "DELETE", `/members/${member.userId}`)).status).toBe(204);
    advance(10_001);
    expect(await api(member.accessToken, "GET", "/members")).toMatchObject({ status: 401, code: "unauthorized" });
    const rows = await tenant.platform.everyTenant
      .select({ tenantId: sessions.tenantId, revokedAt: sessions.revokedAt })
      .from(sessions)
      .where(eq(sessions.accountId, member.accountId));
    expect(rows.filter(({ revokedAt }) => revokedAt === null).map(({ tenantId }) => tenantId)).toEqual([elsewhere.id]);
  });

  test("keeps the incidents that they have, by name", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const { userId } = await createMember(tenant, "member");
    await accepted(tenant.key, events(12));
    await settle(tenant);
    const [incident] = await incidentsOf(tenant);
    const path = `/incidents/${incident?.id}/assign`;
    expect((await api(tenant.key, "PATCH", path, { assigneeId: userId })).status).toBe(200);
    expect((await api(owner.accessToken, "DELETE", `/members/${userId}`)).status).toBe(204);
    const row = await tenant.scope.db.select().from(incidents).where(eq(incidents.tenantId, tenant.id)).get();
    expect(row).toMatchObject({ assigneeId: userId, status: "ASSIGNED" });
  });

  test("cannot come back by an invitation that they sent, or got", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const admin = await signedIn(tenant, "admin");
    const theirs = await inviteBy(admin.accessToken, freshEmail(), "admin");
    const others = await inviteBy(owner.accessToken, freshEmail(), "admin");
    expect((await api(owner.accessToken, "DELETE", `/members/${admin.userId}`)).status).toBe(204);
    expect((await openOf(tenant.key)).map(({ id }) => id)).toEqual([others.id]);
    expect(await joinWith(theirs.link)).toMatchObject({ code: "invalid_token" });
  });

  test("twice is gone the second time, and on record once", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const { userId, email } = await createMember(tenant, "member");
    const remove = () => api(owner.accessToken, "DELETE", `/members/${userId}`);
    const statuses = (await Promise.all([remove(), remove()])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([204, 404]);
    expect(await actsOf(tenant.key)).toMatchObject([
      { action: "member.removed", target: `user:${userId}`, targetEmail: null, detail: { email, role: "member" } },
    ]);
  });
});

test.each(["viewer", "member", "admin"] as const)("a(n) %s may leave", async (role) => {
  const tenant = await createTenant();
  const { accessToken, userId } = await signedIn(tenant, role);
  expect((await api(accessToken, "DELETE", "/members/me")).status).toBe(204);
  expect(await roleOf(tenant, userId)).toBeUndefined();
  expect(await actsOf(tenant.key)).toMatchObject([{ actor: `user:${userId}`, target: `user:${userId}` }]);
});

test("an admin who becomes an engineer loses the invitations that are open", async () => {
  const tenant = await createTenant();
  const owner = await signedIn(tenant, "owner");
  const admin = await signedIn(tenant, "admin");
  await inviteBy(admin.accessToken, freshEmail(), "admin");
  await must(Member, owner.accessToken, "PATCH", `/members/${admin.userId}`, { role: "member" });
  expect(await openOf(tenant.key)).toEqual([]);
});
