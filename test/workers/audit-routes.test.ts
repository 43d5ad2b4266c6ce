import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { type Permission, SCOPE_PERMISSIONS } from "../../core/auth/permissions.ts";
import { apiKeys, auditLog } from "../../schema/tables/tenants.ts";
import { ACCESS, OPEN } from "../../workers/routes/access.ts";
import { ACTS, type Scene, SECRET } from "./support/acts.ts";
import { api } from "./support/api.ts";
import { signedIn } from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { call } from "./support/http.ts";
import { slackId } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(() => Object.assign(env, { SLACK_CLIENT_ID: undefined, SLACK_CLIENT_SECRET: undefined }));

/** What is no administrative act: the daily work, what one does with oneself, and what only looks. */
const NOT_ADMINISTRATIVE: ReadonlySet<Permission | typeof OPEN> = new Set([
  OPEN,
  "logs.write",
  "incidents.act",
  "summaries.request",
  "account.own",
  "grouping.read",
]);

const administrative = Object.entries(ACCESS).filter(
  ([route, access]) => !route.startsWith("GET ") && !NOT_ADMINISTRATIVE.has(access),
);

const rowsOf = ({ tenant }: Pick<Scene, "tenant">) =>
  tenant.scope.db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id)).all();

/** Whoever does it: an owner, and a key of the scope admin where that may. */
async function actorsFor(access: string) {
  const tenant = await createTenant();
  const owner = await signedIn(tenant, "owner");
  const scene: Scene = { tenant, owner: owner.accessToken };
  const key = await tenant.scope.db.select().from(apiKeys).where(eq(apiKeys.tenantId, tenant.id)).get();
  const keyMay = [...SCOPE_PERMISSIONS.admin].some((one) => one === access);
  return {
    byOwner: { scene, credential: owner.accessToken, actor: `user:${owner.userId}`, allowed: true },
    byKey: { scene, credential: tenant.key, actor: `key:${key?.id}`, allowed: keyMay },
  };
}

/** What an answer gives out once. */
function secretsOf(answer: unknown): string[] {
  const given = z
    .object({ key: z.string(), link: z.string(), signingSecret: z.string() })
    .partial()
    .safeParse(answer).data;
  const { key, link, signingSecret } = given ?? {};
  return [key, link?.slice(link.indexOf("#") + 1), signingSecret].filter((secret) => secret !== undefined);
}

test("every administrative route is acted out here, and nothing else", () => {
  expect(Object.keys(ACTS).toSorted()).toEqual(administrative.map(([route]) => route).toSorted());
});

describe.each(administrative)("%s", (route, access) => {
  const method = route.slice(0, route.indexOf(" "));

  test.each(["byOwner", "byKey"] as const)("%s leaves one row, and no secret", async (by) => {
    const act = ACTS[route];
    if (act === undefined) throw new Error("the route is not acted out");
    const { allowed, scene, credential, actor } = (await actorsFor(access))[by];
    const { path, body, target } = await act.deed(scene);
    const before = new Set((await rowsOf(scene)).map(({ id }) => id));
    if (!allowed) {
      expect(await api(credential, method, path, body)).toMatchObject({ status: 403 });
      return;
    }
    const { status, code, detail, json } = await api(credential, method, path, body);
    expect([code, detail], `${status}`).toEqual([undefined, undefined]);
    const rows = (await rowsOf(scene)).filter(({ id }) => !before.has(id));
    expect(rows).toMatchObject([
      {
        ...{ actor, action: act.action, at: Date.now() },
        target: typeof target === "string" ? target : target(json),
        requestId: expect.stringMatching(/^\S+$/),
      },
    ]);
    const text = JSON.stringify(rows);
    for (const secret of [SECRET, ...secretsOf(json)]) expect(text).not.toContain(secret);
  });

  test("leaves none where nothing happens, nor where it is not allowed", async () => {
    const act = ACTS[route];
    const { byOwner } = await actorsFor(access);
    const { scene, credential } = byOwner;
    const viewer = await signedIn(scene.tenant, "viewer");
    const { path, body, status } = (await act?.vain(scene)) ?? { path: "", status: 0 };
    const before = await rowsOf(scene);
    expect((await api(credential, method, path, body)).status).toBe(status);
    expect(await api(viewer.accessToken, method, path, body)).toMatchObject({ status: 403, code: "forbidden" });
    expect(await rowsOf(scene)).toEqual(before);
  });
});

test("a Slack that is installed by OAuth is on record as whoever began it", async () => {
  Object.assign(env, { SLACK_CLIENT_ID: "client-id", SLACK_CLIENT_SECRET: "client-secret" });
  const tenant = await createTenant();
  const owner = await signedIn(tenant, "owner");
  const Install = z.object({ authorizeUrl: z.string() });
  const begun = await call("/api/v1/slack/install", { headers: { authorization: `Bearer ${owner.accessToken}` } });
  const cookie = begun.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { authorizeUrl } = Install.parse(await begun.json());
  const state = new URL(authorizeUrl).searchParams.get("state") ?? "";
  const callback = (code: string) =>
    call(`/api/v1/slack/oauth/callback?${new URLSearchParams({ code, state }).toString()}`, { headers: { cookie } });
  const team = slackId("T");
  expect((await callback(`code-${team}-1`)).status).toBe(200);
  expect((await callback(`code-${team}-2`)).status).toBe(401);
  expect(await rowsOf({ tenant })).toMatchObject([
    { actor: `user:${owner.userId}`, action: "slack.installed", target: "slack" },
  ]);
});

test("a channel that was tested a moment ago is not tested, and the test is not on record", async () => {
  const tenant = await createTenant();
  const owner = await signedIn(tenant, "owner");
  const deed = await ACTS["POST /channels/:id/test"]?.deed({ tenant, owner: owner.accessToken });
  const tests = async () => (await rowsOf({ tenant })).filter(({ action }) => action === "channel.tested").length;
  const ask = async () => (await api(owner.accessToken, "POST", deed?.path ?? "")).status;
  expect([await ask(), await ask(), await tests()]).toEqual([200, 429, 1]);
  advance(10_001);
  expect([await ask(), await tests()]).toEqual([200, 2]);
});
