import "./support/bindings.ts";
import { beforeAll, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { accepted, incidentOf, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

test("240 like lines become one incident, one Slack message, and a summary in it", async () => {
  const tenant = await createTenant();
  await accepted(
    tenant.key,
    events(240, { trace: "java.net.SocketTimeoutException: Read timed out\n\tat a.B.c(B.java:1)" }),
  );
  await settle(tenant);

  const [incident, ...others] = await incidentsOf(tenant);
  expect(others).toEqual([]);
  expect(incident).toMatchObject({ status: "NEW", severity: "HIGH", occurrenceCount: 240, serviceName: "checkout" });
  expect(incident?.summary?.model).toBe("extractive");
  expect((await incidentOf(tenant, incident?.id ?? "")).history.map((entry) => entry.change)).toEqual(["OPENED"]);
  expect((await slackCalls(tenant)).map((call) => call.method)).toEqual(["chat.postMessage", "chat.update"]);
  expect(await storedLogs(tenant)).toHaveLength(240);
});
