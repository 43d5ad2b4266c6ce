import "./support/bindings.ts";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { tenants, users } from "../../schema/tables/tenants.ts";
import { scopeTo } from "../../services/platform.ts";
import { advance, stopClock } from "./support/clock.ts";
import { call, incidentOf } from "./support/http.ts";
import { callsAt, click, clickPayload, createPerson, interact, slackId } from "./support/slack.ts";
import { answers, clickOf, everything, type Scene, scene } from "./support/slack-scene.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

describe("who may not change an incident is told so, and nothing changes:", () => {
  const strangers: { name: string; make: (one: Scene) => Promise<{ slackUserId: string }> }[] = [
    { name: "a viewer", make: (one) => createPerson(one.tenant, "viewer") },
    { name: "an engineer of another tenant", make: async () => createPerson(await createTenant(), "owner") },
    { name: "an account that Slack does not know", make: async () => ({ slackUserId: slackId("U") }) },
    { name: "a bot", make: (one) => createPerson(one.tenant, "owner", { is_bot: true }) },
    { name: "a guest", make: (one) => createPerson(one.tenant, "owner", { is_restricted: true }) },
    { name: "an account that is closed", make: (one) => createPerson(one.tenant, "owner", { deleted: true }) },
    {
      name: "somebody who was an engineer until a moment ago",
      make: async (one) => {
        await click(clickOf(one, { action: "snooze", choice: "1h" }));
        await one.tenant.scope.db
          .delete(users)
          .where(and(eq(users.tenantId, one.tenant.id), eq(users.id, one.engineer.userId)));
        return one.engineer;
      },
    },
    {
      name: "a member of another workspace who goes by an engineer's e-mail",
      make: (one) => createPerson(one.tenant, "owner", { team_id: slackId("T") }),
    },
  ];
  test.each(strangers)("$name", async ({ make }) => {
    const one = await scene();
    const by = await make(one);
    const before = await everything(one);
    for (const action of ["acknowledge", "resolve"]) {
      expect((await click(clickOf(one, { by, action }))).status).toBe(200);
    }
    expect(await everything(one)).toEqual(before);
    expect(await answers(one)).toMatchObject([{ response_type: "ephemeral" }, { response_type: "ephemeral" }]);
  });

  test("and hears it nowhere but from Slack: other addresses get nothing", async () => {
    const one = await scene();
    const by = await createPerson(one.tenant, "viewer");
    const host = new URL(inject("slackUrl"));
    const elsewhere = `http://localhost:${host.port}/respond/${one.told}`;
    await click(clickOf(one, { by, respond: elsewhere }));
    expect(await answers(one)).toEqual([]);
    // It is told in the channel instead, for its eyes alone.
    const last = (await callsAt(one.tenant.channel)).at(-1);
    expect(last).toMatchObject({ method: "chat.postEphemeral", body: { user: by.slackUserId } });
  });
});

describe("a request that changes nothing:", () => {
  const now = () => Math.floor(Date.now() / 1000);
  const forged: { name: string; send: (one: Scene) => Promise<Response>; status?: number }[] = [
    { name: "no signature", send: (one) => click(clickOf(one), { signature: "" }) },
    { name: "signed with another secret", send: (one) => click(clickOf(one), { secret: "other" }) },
    { name: "signed with no secret", send: (one) => click(clickOf(one), { signature: `v0=${"0".repeat(64)}` }) },
    { name: "too old", send: (one) => click(clickOf(one), { timestamp: String(now() - 301) }) },
    { name: "from the future", send: (one) => click(clickOf(one), { timestamp: String(now() + 301) }) },
    { name: "without a time", send: (one) => click(clickOf(one), { timestamp: "" }) },
    {
      name: "for a tenant that is not there",
      send: (one) => {
        const id = scopeTo(one.tenant.platform, crypto.randomUUID()).tenantId;
        return click({ ...clickOf(one), tenant: { ...one.tenant, id } });
      },
    },
    {
      name: "for a tenant that is suspended",
      send: async (one) => {
        const set = (status: "active" | "suspended") =>
          one.tenant.scope.db.update(tenants).set({ status }).where(eq(tenants.id, one.tenant.id));
        await set("suspended");
        const response = await click(clickOf(one));
        await set("active");
        return response;
      },
      status: 403,
    },
    {
      name: "for another tenant's incident",
      send: async (one) => {
        const other = await scene();
        return await click({ ...clickOf(other), incidentId: one.incidentId });
      },
      status: 200,
    },
    {
      name: "of another workspace of the platform's app",
      send: (one) => click(clickOf(one, { team: slackId("T") })),
      status: 200,
    },
    { name: "of no known shape", send: () => interact({ type: "message_action" }), status: 200 },
  ];
  test.each(forged)("$name", async ({ send, status = 401 }) => {
    const one = await scene();
    const before = await everything(one);
    expect((await send(one)).status).toBe(status);
    expect(await everything(one)).toEqual(before);
  });

  test("one that comes again, whether at once or later", async () => {
    const one = await scene();
    const payload = clickPayload(clickOf(one, { action: "snooze", choice: "1h" }));
    await Promise.all([interact(payload), interact(payload), interact(payload)]);
    const { history } = await incidentOf(one.tenant, one.incidentId);
    expect(history.map((entry) => entry.change)).toEqual(["OPENED", "SNOOZED"]);
    expect(await answers(one)).toEqual([]);
    const timestamp = String(now());
    advance(200_000);
    expect((await interact(payload, { timestamp })).status).toBe(200);
    expect(await answers(one)).toEqual([]);
  });

  test.each([
    { name: "of more than a megabyte", init: { body: new Uint8Array(1_100_000) }, status: 413 },
    { name: "without a body", init: {}, status: 400 },
    { name: "compressed", init: { body: "x", headers: { "content-encoding": "gzip" } }, status: 200 },
  ])("one $name", async ({ init, status }) => {
    const response = await call("/api/v1/slack/interactions", { method: "POST", ...init });
    expect(response.status).toBe(status);
  });
});
