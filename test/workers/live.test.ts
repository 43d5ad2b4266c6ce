import { beforeAll, describe, expect, test, vi } from "vitest";
import { accepted, deadLettersOf, incidentOf, incidentsOf, storedLogs } from "./support/http.ts";
import { events, gzip, noise } from "./support/logs.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

// Nothing is replaced here but Slack: the queues, alarms and clock of workerd, as wrangler.toml sets them up.

beforeAll(() => {
  vi.useRealTimers();
});

const soon = { timeout: 30_000, interval: 100 };

describe("through the local queues", () => {
  test("a burst becomes one incident, one Slack message with its summary, and stored logs", async () => {
    const tenant = await createTenant();
    const body = await gzip(
      events(40)
        .map((event) => JSON.stringify(event))
        .join("\n"),
    );
    const headers = { "content-encoding": "gzip", "content-type": "application/x-ndjson" };
    const { eventIds } = await accepted(tenant.key, body, { headers });
    await expect.poll(async () => (await slackCalls(tenant)).map((call) => call.method), soon).toContain("chat.update");
    const [incident, ...others] = await incidentsOf(tenant);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ occurrenceCount: 40, summary: { model: "extractive" } });
    expect((await incidentOf(tenant, incident?.id ?? "")).history).toMatchObject([{ change: "OPENED" }]);
    expect((await slackCalls(tenant)).filter((call) => call.method === "chat.postMessage")).toHaveLength(1);
    expect((await storedLogs(tenant)).map((log) => log.eventId).sort()).toEqual([...eventIds].sort());
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("a request above one sendBatch is stored", async () => {
    const tenant = await createTenant();
    await accepted(
      tenant.key,
      Array.from({ length: 90 }, () => ({ message: noise(9_900) })),
    );
    await expect.poll(async () => (await storedLogs(tenant)).length, soon).toBe(90);
  });
});
