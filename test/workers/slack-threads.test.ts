import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { acknowledgeIncident } from "../../services/incidents/acknowledge.ts";
import { assignIncident } from "../../services/incidents/assign.ts";
import { escalateIncident } from "../../services/incidents/escalate.ts";
import { resolveIncident } from "../../services/incidents/resolve.ts";
import { nextWindow, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, deadLettersOf, incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, messagesAt, settle } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { callsAt, createPerson, script, slackCalls, slackReplies } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

async function scene(): Promise<{ tenant: Tenant; id: string }> {
  const tenant = await createTenant();
  setClock(nextWindow() + 1_000);
  await accepted(tenant.key, events(12));
  await settle(tenant);
  const [incident] = await incidentsOf(tenant);
  return { tenant, id: incident?.id ?? "" };
}

const texts = async (tenant: Tenant) => (await slackReplies(tenant)).map(({ text }) => text);

describe("the thread of a message", () => {
  test("tells of what happened, in order, each once, and the message shows it too", async () => {
    const { tenant, id } = await scene();
    expect(await texts(tenant)).toEqual([]);
    await escalateIncident(tenant.scope, id);
    await acknowledgeIncident(tenant.scope, id, "key:1", "on it");
    await resolveIncident(tenant.scope, id, "rule:quiet");
    await settle(tenant);
    expect(await slackReplies(tenant)).toEqual(
      ["Escalated: nobody has acknowledged it.", "Acknowledged through the API.\n> on it", "Resolved by a rule."].map(
        (text) => ({ text, thread: expect.stringMatching(/^\d+\.\d+$/) }),
      ),
    );
    const last = (await slackCalls(tenant)).at(-1);
    expect(last?.method).toBe("chat.update");
    expect(JSON.stringify(last?.body.blocks)).toContain("RESOLVED");
  });

  test("tells once, however often and by however many senders the event comes", async () => {
    const { tenant, id } = await scene();
    await resolveIncident(tenant.scope, id, "system");
    const messages = take("notification-events", tenant.id);
    await Promise.all([1, 2, 3].map(() => deliver("notification-events", messages)));
    for (let n = 0; n < 2; n++) await deliver("notification-events", messages);
    expect(await texts(tenant)).toEqual(["Resolved."]);
  });

  test("does not tell what the message itself was posted with", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    await messagesAt("notification-events", tenant);
    const [incident] = await incidentsOf(tenant);
    await acknowledgeIncident(tenant.scope, incident?.id ?? "", "system");
    await settle(tenant);
    expect(await texts(tenant)).toEqual([]);
    expect(JSON.stringify((await slackCalls(tenant))[0]?.body.blocks)).toContain("ACKNOWLEDGED");
  });

  test("of the incident before is told when it comes back", async () => {
    const { tenant, id } = await scene();
    await resolveIncident(tenant.scope, id, "system");
    await settle(tenant);
    const [post] = await slackCalls(tenant);
    setClock(nextWindow() + 60_000);
    await accepted(tenant.key, events(15));
    await settle(tenant);
    const [regression] = await incidentsOf(tenant);
    const replies = await slackReplies(tenant);
    expect(replies.map(({ text }) => text)).toEqual(["Resolved.", expect.stringContaining(String(regression?.id))]);
    expect(new Set(replies.map(({ thread }) => thread)).size).toBe(1);
    expect(post?.method).toBe("chat.postMessage");
  });

  test("of the incident before is told all the same when D1 fails right after the post", async () => {
    const { tenant, id } = await scene();
    await resolveIncident(tenant.scope, id, "system");
    await settle(tenant);
    setClock(nextWindow() + 60_000);
    await accepted(tenant.key, events(15));
    const fault = fail("db", "slack_notices", { times: 1 });
    await settle(tenant);
    expect(fault.tripped).toBe(1);
    expect(await texts(tenant)).toEqual(["Resolved.", expect.stringContaining("come back")]);
  });

  test("hears it again only when Slack never said whether it arrived, and is told that", async () => {
    const { tenant, id } = await scene();
    await resolveIncident(tenant.scope, id, "system");
    await script(tenant, [{ status: 500, body: {} }]);
    await settle(tenant);
    const [first, second, ...others] = await texts(tenant);
    expect(others).toEqual([]);
    expect(first).toBe("Resolved.");
    expect(second).toMatch(/^Resolved\.\n.*twice/);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("hears of the last changes of very many, and never of the others behind them", async () => {
    const { tenant, id } = await scene();
    const people = [await createPerson(tenant), await createPerson(tenant)];
    for (let n = 0; n < 22; n++) {
      const assigneeId = people[n % 2]?.userId ?? "";
      await assignIncident(tenant.scope, id, { assigneeId, actor: "system", note: `${n}` });
    }
    await settle(tenant);
    await resolveIncident(tenant.scope, id, "system");
    await settle(tenant);
    const all = await texts(tenant);
    expect(all).toHaveLength(21);
    expect(all[0]).toContain("> 2");
    expect(all.at(-1)).toBe("Resolved.");
  });

  test("and the message stay away when somebody has deleted it", async () => {
    const { tenant, id } = await scene();
    const before = (await callsAt(tenant.channel)).length;
    await acknowledgeIncident(tenant.scope, id, "system");
    const gone = (error: string) => ({ status: 200, body: { ok: false, error } });
    await script(tenant, [gone("thread_not_found"), gone("message_not_found")]);
    await settle(tenant);
    expect(await deadLettersOf(tenant)).toEqual([]);
    expect((await callsAt(tenant.channel)).slice(before).map(({ method }) => method)).toEqual([
      "chat.postMessage",
      "chat.update",
    ]);
  });

  test("hears it once when the edit after it fails", async () => {
    const { tenant, id } = await scene();
    await resolveIncident(tenant.scope, id, "system");
    await script(tenant, [
      { status: 200, body: { ok: true, channel: `C-${tenant.channel}`, ts: "1.1" } },
      { status: 500, body: {} },
    ]);
    await settle(tenant);
    expect(await texts(tenant)).toEqual(["Resolved."]);
    expect((await slackCalls(tenant)).slice(-2).map(({ method }) => method)).toEqual(["chat.update", "chat.update"]);
  });

  test("belongs to one message when D1 fails right after the post", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const fault = fail("db", "slack_notices", { times: 1 });
    await settle(tenant);
    expect(fault.tripped).toBe(1);
    const posts = (await callsAt(tenant.channel)).filter(({ method }) => method === "chat.postMessage");
    expect(posts).toHaveLength(1);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });
});
