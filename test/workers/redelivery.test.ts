import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { IncidentEvent } from "../../schema/contracts/incident-event.ts";
import { stopClock } from "./support/clock.ts";
import { accepted, incidentOf, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, messagesAt, settle, step, storeAlarm } from "./support/pipeline.ts";
import { queued, type Sent, take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

/** Everything that can be seen of a tenant. */
async function stateOf(tenant: Tenant) {
  const logs = (await storedLogs(tenant)).map((log) => `${log.eventId} ${log.message}`).sort();
  const details = await Promise.all((await incidentsOf(tenant)).map((incident) => incidentOf(tenant, incident.id)));
  const incidents = details
    .map(({ id, occurrenceCount, status, summary, history, windows, topMessages }) => ({
      id,
      occurrenceCount,
      status,
      summary: summary?.summary,
      history,
      windows,
      topMessages: [...topMessages].sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const outbox = await env.DB.prepare("SELECT count(*) AS n FROM outbox WHERE tenant_id = ?")
    .bind(tenant.id)
    .first("n");
  const posts = (await slackCalls(tenant)).filter((call) => call.method === "chat.postMessage").length;
  return { logs, incidents, outbox, posts };
}

/** Requests of three fingerprints, one event of each request rare. */
async function sendRequests(tenant: Tenant): Promise<void> {
  for (let n = 0; n < 6; n++) {
    await accepted(tenant.key, [
      ...events(7, { message: "payment refused after" }),
      ...events(5, { message: "inventory lock lost for", serviceName: "stock" }),
      { message: `rare thing ${"abcdef"[n]}`, level: "WARN", service: `tail-${n}` },
    ]);
  }
}

/** The same messages again, in batches of another make-up. */
const compositions: { name: string; batches: (messages: Sent[]) => Sent[][] }[] = [
  { name: "in one batch", batches: (messages) => [messages] },
  { name: "one by one, last first", batches: (messages) => [...messages].reverse().map((message) => [message]) },
  { name: "each twice in one batch", batches: (messages) => [[...messages, ...messages]] },
  { name: "in overlapping batches", batches: (messages) => [messages.slice(0, 2), messages, messages.slice(1)] },
];

describe.each(["raw-logs", "normalized-logs", "incident-events", "notification-events", "jobs"] as const)(
  "%s delivered again changes nothing",
  (queue) => {
    test.each(compositions)("$name", async ({ batches }) => {
      const tenant = await createTenant();
      await sendRequests(tenant);
      const messages = await messagesAt(queue, tenant);
      expect(messages.length).toBeGreaterThan(1);
      for (const batch of [messages.slice(0, 1), messages.slice(1)]) {
        expect((await deliver(queue, batch)).retried).toEqual([]);
      }
      await settle(tenant);
      const before = await stateOf(tenant);
      expect(before.incidents.map((incident) => incident.occurrenceCount).sort()).toEqual([30, 42]);
      expect(before.logs).toHaveLength(78);
      expect(before.posts).toBe(2);
      expect(before.outbox).toBe(0);

      for (const batch of batches(messages)) {
        const verdict = await deliver(
          queue,
          batch.map((message) => ({ ...message, attempts: 2 })),
        );
        expect(verdict.acked).toHaveLength(batch.length);
      }
      await settle(tenant);
      expect(await stateOf(tenant)).toEqual(before);
    });
  },
);

test("a batch that is delivered twice at once is stored once", async () => {
  const tenant = await createTenant();
  await sendRequests(tenant);
  const messages = take("raw-logs", tenant.id);
  await Promise.all([deliver("raw-logs", messages), deliver("raw-logs", [...messages].reverse())]);
  const normalized = take("normalized-logs", tenant.id);
  await Promise.all([deliver("normalized-logs", normalized), deliver("normalized-logs", normalized)]);
  await settle(tenant);
  expect(await storedLogs(tenant)).toHaveLength(78);
  expect((await incidentsOf(tenant)).map((incident) => incident.occurrenceCount).sort()).toEqual([30, 42]);
});

test("incident events in any order come to the same counts", async () => {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  await step("raw-logs", tenant);
  await step("normalized-logs", tenant);
  await storeAlarm(tenant);
  const [crossed] = queued("incident-events", tenant.id);
  if (crossed === undefined) throw new Error("no crossing");
  await accepted(tenant.key, events(30));
  await step("raw-logs", tenant);
  await step("normalized-logs", tenant);
  const later = { ...crossed, id: "later", body: Object.assign({}, crossed.body, laterWord(crossed.body)) };
  for (const batch of [[crossed], [later], [crossed], [later, crossed]]) await deliver("incident-events", batch);
  expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 42 }]);
});

/** What the window would say of the same window half a minute later. */
function laterWord(body: unknown) {
  const { windows, eventId } = IncidentEvent.parse(body);
  return { kind: "UPDATED", eventId: `${eventId}+`, windows: windows.map((window) => ({ ...window, count: 42 })) };
}
