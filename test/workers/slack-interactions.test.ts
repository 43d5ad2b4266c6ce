import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { incidents } from "../../schema/tables/incidents.ts";
import { users } from "../../schema/tables/tenants.ts";
import { advance, stopClock } from "./support/clock.ts";
import { incidentOf } from "./support/http.ts";
import { settle } from "./support/pipeline.ts";
import { callsAt, click, createPerson, PLATFORM_TEAM, script, slackCalls, slackId } from "./support/slack.ts";
import { answers, clickOf, everything, OWN_SECRET, type Scene, scene } from "./support/slack-scene.ts";

const rowOf = ({ tenant, incidentId }: Scene) =>
  tenant.scope.db
    .select()
    .from(incidents)
    .where(and(eq(incidents.tenantId, tenant.id), eq(incidents.id, incidentId)))
    .get();

beforeAll(stopClock);

describe("a click", () => {
  test.each([
    { action: "acknowledge", status: "ACKNOWLEDGED" },
    { action: "resolve", status: "RESOLVED" },
  ])(
    "on $action is answered with nothing, done as the clicker, and shown in the message",
    async ({ action, status }) => {
      const one = await scene();
      const response = await click(clickOf(one, { action }));
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("");
      const { history, ...incident } = await incidentOf(one.tenant, one.incidentId);
      expect(incident.status).toBe(status);
      expect(history.at(-1)).toMatchObject({ actor: `slack:${one.engineer.slackUserId}`, change: status });
      await settle(one.tenant);
      expect(JSON.stringify((await slackCalls(one.tenant)).at(-1)?.body.blocks)).toContain(`*Status*\\n${status}`);
      expect(await answers(one)).toEqual([]);
    },
  );

  test.each([
    { choice: "1h", hours: 1 },
    { choice: "4h", hours: 4 },
  ])("on snooze $choice lets it be quiet for so long", async ({ choice, hours }) => {
    const one = await scene();
    await click(clickOf(one, { action: "snooze", choice }));
    const row = await rowOf(one);
    expect(row).toMatchObject({ snoozedAt: Date.now(), snoozedUntil: Date.now() + hours * 3_600_000 });
  });

  test("on snooze until tomorrow means nine o'clock where the clicker lives", async () => {
    const one = await scene();
    const person = await createPerson(one.tenant, "admin", { tz_offset: 7_200 });
    await click(clickOf(one, { action: "snooze", choice: "tomorrow", by: person }));
    const row = await rowOf(one);
    const until = new Date(row?.snoozedUntil ?? 0);
    expect([until.getUTCHours(), until.getUTCMinutes()]).toEqual([7, 0]);
    expect(until.getTime()).toBeGreaterThan(Date.now());
  });

  test("on snooze until it escalates waits for a worse severity", async () => {
    const one = await scene();
    await click(clickOf(one, { action: "snooze", choice: "escalates" }));
    const row = await rowOf(one);
    expect(row).toMatchObject({ snoozedAt: Date.now(), snoozedUntil: null, snoozedSeverity: "HIGH" });
  });

  test.each([2, 5])("by %i people at once: one wins, the others are told how it stands", async (count) => {
    const one = await scene();
    const people = [one.engineer];
    while (people.length < count) people.push(await createPerson(one.tenant));
    await Promise.all(people.map((by) => click(clickOf(one, { by }))));
    const { history } = await incidentOf(one.tenant, one.incidentId);
    expect(history.map((entry) => entry.change)).toEqual(["OPENED", "ACKNOWLEDGED"]);
    const told = await answers(one);
    expect(told).toHaveLength(count - 1);
    for (const answer of told) {
      expect(answer).toMatchObject({ response_type: "ephemeral", replace_original: false });
      expect(answer.text).toContain("Somebody was faster: the incident is ACKNOWLEDGED");
    }
    await settle(one.tenant);
    expect((await slackCalls(one.tenant)).filter(({ method }) => method === "chat.postMessage")).toHaveLength(1);
  });

  test("on a link changes nothing, and is answered", async () => {
    const one = await scene();
    const before = await everything(one);
    expect((await click(clickOf(one, { action: "view_logs" }))).status).toBe(200);
    expect(await everything(one)).toEqual(before);
  });

  test("when Slack cannot say who it was changes nothing, and the clicker is told", async () => {
    const team = slackId("T");
    const one = await scene({ team });
    const before = await everything(one);
    await script({ channel: `xoxb-${team}-${one.tenant.id}` }, [{ status: 503, body: {} }]);
    await click(clickOf(one, { team }), { secret: OWN_SECRET });
    expect(await everything(one)).toEqual(before);
    expect(await answers(one)).toMatchObject([{ text: expect.stringContaining("try again") }]);
  });

  test("asks Slack once an hour who it was, but looks at the role each time", async () => {
    const one = await scene();
    const asked = async () =>
      (await callsAt(env.SLACK_BOT_TOKEN ?? "")).filter(
        ({ method, body }) => method === "users.info" && body.user === one.engineer.slackUserId,
      ).length;
    await click(clickOf(one));
    await one.tenant.scope.db
      .update(users)
      .set({ role: "viewer" })
      .where(and(eq(users.tenantId, one.tenant.id), eq(users.id, one.engineer.userId)));
    await click(clickOf(one, { action: "resolve" }));
    expect(await asked()).toBe(1);
    expect(await incidentOf(one.tenant, one.incidentId)).toMatchObject({ status: "ACKNOWLEDGED" });
    advance(60 * 60_000 + 1);
    await click(clickOf(one, { action: "resolve" }));
    expect(await asked()).toBe(2);
  });
});

describe("a tenant with an app of its own", () => {
  test("answers to its own signature and workspace, and to no other", async () => {
    const team = slackId("T");
    const one = await scene({ team });
    const before = await everything(one);
    expect((await click(clickOf(one, { team }))).status).toBe(401);
    const elsewhere = clickOf(one, { team: PLATFORM_TEAM });
    expect((await click(elsewhere, { secret: OWN_SECRET })).status).toBe(401);
    expect(await everything(one)).toEqual(before);
    expect((await click(clickOf(one, { team }), { secret: OWN_SECRET })).status).toBe(200);
    expect(await incidentOf(one.tenant, one.incidentId)).toMatchObject({ status: "ACKNOWLEDGED" });
  });

  test("shares its workspace with another tenant, and each click finds its own", async () => {
    const team = slackId("T");
    const [a, b] = [await scene({ team }), await scene({ team })];
    await click(clickOf(a, { team }), { secret: OWN_SECRET });
    expect(await incidentOf(a.tenant, a.incidentId)).toMatchObject({ status: "ACKNOWLEDGED" });
    // The same account is nobody in the other tenant.
    await click(clickOf(b, { team, by: a.engineer }), { secret: OWN_SECRET });
    expect(await incidentOf(b.tenant, b.incidentId)).toMatchObject({ status: "NEW" });
  });
});
