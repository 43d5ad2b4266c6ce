import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { expireDeadLetters } from "../../services/dead-letters/expire.ts";
import { recordDeadLetter } from "../../services/dead-letters/record.ts";
import { advance, stopClock } from "./support/clock.ts";
import { deadLettersOf, replay } from "./support/http.ts";
import { sweep } from "./support/pipeline.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const HOUR_MS = 60 * 60 * 1000;

function bury(tenant: Tenant, id: string): Promise<void> {
  return recordDeadLetter(tenant.platform, {
    id,
    tenantId: tenant.id,
    queue: "jobs",
    stage: "job-service",
    body: JSON.stringify({ type: "NOTHING", tenantId: tenant.id }),
    attempts: 6,
    error: new Error("no <such> job"),
  });
}

test("a tenant is told of its dead letters once, and after an hour of those that are new", async () => {
  const [tenant, other] = [await createTenant(), await createTenant()];
  await bury(tenant, `${tenant.id}-1`);
  await bury(tenant, `${tenant.id}-2`);
  await sweep();
  await sweep();
  const [told, ...more] = await slackCalls(tenant);
  expect(more).toEqual([]);
  expect(told?.body.text).toContain("2 messages could not be processed");
  expect(JSON.stringify(told?.body.blocks)).toContain("no &lt;such&gt; job");
  expect(await slackCalls(other)).toEqual([]);
  advance(HOUR_MS + 1);
  await sweep();
  expect(await slackCalls(tenant)).toHaveLength(1);
  await bury(tenant, `${tenant.id}-3`);
  advance(1);
  await sweep();
  expect(await slackCalls(tenant)).toHaveLength(2);
});

test("what was replayed is told to nobody", async () => {
  const tenant = await createTenant();
  await bury(tenant, tenant.id);
  const [letter] = await deadLettersOf(tenant);
  await replay(tenant, letter?.id ?? "");
  await sweep();
  expect(await slackCalls(tenant)).toEqual([]);
});

test("a dead letter goes after 14 days, with its body, and not before", async () => {
  const tenant = await createTenant();
  await bury(tenant, tenant.id);
  const prefix = `dead-letters/${tenant.id}/`;
  advance(14 * 24 * HOUR_MS - 1);
  await expireDeadLetters(tenant.platform);
  expect(await deadLettersOf(tenant)).toHaveLength(1);
  expect((await env.BUCKET.list({ prefix })).objects).toHaveLength(1);
  advance(2);
  await expireDeadLetters(tenant.platform);
  expect(await deadLettersOf(tenant)).toEqual([]);
  expect((await env.BUCKET.list({ prefix })).objects).toEqual([]);
});
