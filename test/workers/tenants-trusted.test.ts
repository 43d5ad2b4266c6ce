import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { users } from "../../schema/tables/tenants.ts";
import { api, must } from "./support/api.ts";
import { mailsTo, signedIn } from "./support/auth.ts";
import { addChannel, answers, received, route, testChannel, tryChannels } from "./support/channels.ts";
import { stopClock } from "./support/clock.ts";
import { accepted, incidentsOf } from "./support/http.ts";
import { joinWith } from "./support/invitations.ts";
import { events } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
beforeEach(() => Object.assign(env, { TENANTS_TRUSTED: "false" }));
afterEach(() => Object.assign(env, { TENANTS_TRUSTED: "true" }));

test("a stranger's alerts do not go into the operator's Slack, whatever channel it names", async () => {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  await settle(tenant);
  expect(await incidentsOf(tenant)).toHaveLength(1);
  expect(await slackCalls(tenant)).toEqual([]);
  const { id } = await addChannel(tenant, { kind: "slack", name: "theirs", channel: tenant.channel });
  expect(await testChannel(tenant, id)).toMatchObject({ delivered: false });
  expect(await slackCalls(tenant)).toEqual([]);
});

test("mail goes to members only: others are refused by name when the channel is made, or changed", async () => {
  const tenant = await createTenant();
  const { email } = await signedIn(tenant, "viewer");
  const channel = { kind: "email", name: "mail", to: [email.toUpperCase(), "stranger@other.test"] };
  expect(await tryChannels(tenant, "POST", "/channels", channel)).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/invite first: stranger@other\.test$/),
  });
  const { id } = await addChannel(tenant, { kind: "email", name: "mail", to: [email] });
  expect(await tryChannels(tenant, "PATCH", `/channels/${id}`, { to: ["stranger@other.test"] })).toMatchObject({
    status: 400,
  });
  expect(await testChannel(tenant, id)).toMatchObject({ delivered: true });
});

test("a member of another tenant is a stranger, and so is somebody who was invited and has not joined", async () => {
  const [tenant, other] = [await createTenant(), await createTenant()];
  const { email } = await signedIn(other, "owner");
  const invited = "invited@acme.test";
  await tenant.scope.db
    .insert(users)
    .values({ id: crypto.randomUUID(), tenantId: tenant.id, email: invited, role: "owner", createdAt: 0 });
  for (const to of [email, invited]) {
    expect(await tryChannels(tenant, "POST", "/channels", { kind: "email", name: "mail", to: [to] })).toMatchObject({
      status: 400,
    });
  }
});

test("who has left gets no more mail; the others do", async () => {
  const tenant = await createTenant();
  const [stays, leaves] = [await signedIn(tenant, "member"), await signedIn(tenant, "member")];
  const { id } = await addChannel(tenant, { kind: "email", name: "mail", to: [stays.email, leaves.email] });
  await route(tenant, { otherwise: [id] });
  await tenant.scope.db.delete(users).where(and(eq(users.tenantId, tenant.id), eq(users.id, leaves.userId)));
  await accepted(tenant.key, events(12));
  await settle(tenant);
  expect((await received(stays.email)).length).toBeGreaterThan(0);
  expect(await received(leaves.email)).toEqual([]);
  await tenant.scope.db.delete(users).where(and(eq(users.tenantId, tenant.id), eq(users.id, stays.userId)));
  expect(await testChannel(tenant, id)).toMatchObject({
    delivered: false,
    error: expect.stringContaining("none of the recipients"),
  });
});

describe("an invitation of a stranger's tenant", () => {
  const Invited = z.looseObject({ id: z.uuid(), link: z.null(), emailed: z.boolean() });
  const email = () => `${crypto.randomUUID()}@acme.test`;

  test("goes to the mailbox alone: whoever invites cannot make the account in another's name", async () => {
    const owner = await signedIn(await createTenant(), "owner");
    const to = email();
    const sent = await must(Invited, owner.accessToken, "POST", "/members/invitations", { email: to, role: "member" });
    expect(sent.emailed).toBe(true);
    const [mail] = await mailsTo(to);
    const token = /#(l0i_[A-Za-z0-9_-]{43})/.exec(mail ?? "")?.[1];
    expect(await joinWith(`#${token}`)).toEqual({ status: 200 });
  });

  test("that the mailbox refuses gives nobody the link", async () => {
    const owner = await signedIn(await createTenant(), "owner");
    const to = email();
    await answers(to, [{ status: 500 }]);
    const sent = await must(Invited, owner.accessToken, "POST", "/members/invitations", { email: to, role: "member" });
    expect(sent.emailed).toBe(false);
  });

  test("is refused where the deployment sends no mail", async () => {
    const owner = await signedIn(await createTenant(), "owner");
    const from = env.EMAIL_FROM;
    Object.assign(env, { EMAIL_FROM: "" });
    const body = { email: email(), role: "member" };
    expect(await api(owner.accessToken, "POST", "/members/invitations", body)).toMatchObject({
      code: "delivery_failed",
    });
    Object.assign(env, { EMAIL_FROM: from });
  });
});

describe("an installation of Slack", () => {
  const Begun = z.looseObject({ authorizeUrl: z.string().nullable() });
  beforeEach(() => Object.assign(env, { SLACK_CLIENT_ID: "1.2", SLACK_CLIENT_SECRET: "secret" }));
  afterEach(() => Object.assign(env, { SLACK_CLIENT_ID: "", SLACK_CLIENT_SECRET: "" }));

  test("is begun by people, whose browser it is bound to, and not by keys", async () => {
    const tenant = await createTenant();
    const admin = await signedIn(tenant, "admin");
    expect((await must(Begun, tenant.key, "GET", "/slack/install")).authorizeUrl).toBeNull();
    expect((await must(Begun, admin.accessToken, "GET", "/slack/install")).authorizeUrl).toContain(
      "/oauth/v2/authorize",
    );
  });
});
