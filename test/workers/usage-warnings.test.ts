import "./support/bindings.ts";
import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { monthEnd } from "../../core/limits/ledger.ts";
import { dayOf } from "../../core/usage/days.ts";
import { PLAN_LIMITS, type Plan } from "../../schema/contracts/plans.ts";
import { saveUsage } from "../../services/usage/save-usage.ts";
import { warnOfUsage } from "../../services/usage/warn-of-usage.ts";
import { channelAccess } from "../../workers/channel-access.ts";
import worker from "../../workers/index.ts";
import { platformOf } from "../../workers/platform.ts";
import { answers, received } from "./support/channels.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { createPerson, script, slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** The tenth of a month: tests that go on to the next one begin early enough. */
beforeEach(() => {
  const now = new Date();
  setClock(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10, 12));
});

/** What a tenant has used on this day so far. */
async function use(tenant: Tenant, bytes: number, shard = 0): Promise<void> {
  const day = { day: dayOf(Date.now()), sourceId: tenant.sourceId, events: 1, requests: 1, chunks: Math.ceil(bytes) };
  await saveUsage(tenant.scope, shard, [{ ...day, bytes: Math.ceil(bytes) }]);
}

const monthOf = (plan: Plan) => PLAN_LIMITS[plan].bytesPerMonth;
const sweep = () => warnOfUsage(platformOf(env), channelAccess(env));
const slackTexts = async (tenant: Tenant) => (await slackCalls(tenant)).map(({ body }) => body.text);

async function textOfMail(address: string): Promise<string[]> {
  const decoded = (body: string) =>
    body.replace(/(?:^[A-Za-z0-9+/=]{4,76}\r?\n?)+/gm, (block) => Buffer.from(block, "base64").toString("utf8"));
  return (await received(address)).map(({ body }) => decoded(body));
}

describe("a tenant is warned", () => {
  test("at 80 percent of its month and at 100, once each, and not before", async () => {
    const tenant = await createTenant({ plan: "free" });
    const month = monthOf("free");
    const texts: string[][] = [];
    for (const part of [0.79, 0.8, 0.98, 0.995, 1.2]) {
      await use(tenant, month * part);
      for (let n = 0; n < 2; n++) await sweep();
      texts.push(await slackTexts(tenant));
    }
    expect(texts.map((list) => list.length)).toEqual([0, 1, 1, 2, 2]);
    expect(texts.at(-1)?.[0]).toContain("80 %");
    expect(texts.at(-1)?.[1]).toContain("what no longer fits is refused");
  });

  test("of 100 percent only, when it gets there at once", async () => {
    const tenant = await createTenant({ plan: "free" });
    await use(tenant, monthOf("free"));
    for (let n = 0; n < 3; n++) await sweep();
    expect(await slackTexts(tenant)).toEqual([expect.stringContaining("what no longer fits is refused")]);
  });

  test("by the sum of its days, sources and shards", async () => {
    const tenant = await createTenant({ plan: "free" });
    await use(tenant, monthOf("free") * 0.3);
    await use(tenant, monthOf("free") * 0.3, 1);
    await sweep();
    expect(await slackTexts(tenant)).toEqual([]);
    advance(24 * 60 * 60 * 1000);
    await use(tenant, monthOf("free") * 0.2);
    await sweep();
    expect(await slackTexts(tenant)).toHaveLength(1);
  });

  test("again in the next month, of what it uses then", async () => {
    const tenant = await createTenant({ plan: "free" });
    await use(tenant, monthOf("free"));
    await sweep();
    setClock(monthEnd(Date.now()));
    await sweep();
    expect(await slackTexts(tenant)).toHaveLength(1);
    await use(tenant, monthOf("free") * 0.9);
    await sweep();
    expect(await slackTexts(tenant)).toHaveLength(2);
  });

  test("again on a larger plan, when it has used that up, too", async () => {
    const tenant = await createTenant({ plan: "free" });
    await use(tenant, monthOf("free"));
    await sweep();
    await env.DB.prepare("UPDATE tenants SET plan = 'starter' WHERE id = ?").bind(tenant.id).run();
    await sweep();
    expect(await slackTexts(tenant)).toHaveLength(1);
    await use(tenant, monthOf("starter") * 0.8);
    for (let n = 0; n < 2; n++) await sweep();
    expect(await slackTexts(tenant)).toHaveLength(2);
  });

  test("by one of two sweeps that run at once", async () => {
    const tenant = await createTenant({ plan: "free" });
    await use(tenant, monthOf("free"));
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(await slackTexts(tenant)).toHaveLength(1);
  });

  test("and nobody else: neither another tenant nor one that is suspended", async () => {
    const [full, other, suspended] = [
      await createTenant({ plan: "free" }),
      await createTenant({ plan: "free" }),
      await createTenant({ plan: "free", status: "suspended" }),
    ];
    for (const tenant of [full, suspended]) await use(tenant, monthOf("free"));
    await sweep();
    expect(await slackTexts(full)).toHaveLength(1);
    expect(await slackTexts(other)).toEqual([]);
    expect(await slackTexts(suspended)).toEqual([]);
  });

  test("by the cron, every ten minutes", async () => {
    const tenant = await createTenant({ plan: "free" });
    await use(tenant, monthOf("free"));
    const run = () => worker.scheduled(createScheduledController({ scheduledTime: Date.now() }), env);
    advance(60_000);
    await run();
    expect(await slackTexts(tenant)).toEqual([]);
    advance(9 * 60_000);
    await run();
    expect(await slackTexts(tenant)).toHaveLength(1);
  });

  test("with one query, however many tenants there are", async () => {
    await sweep();
    for (let n = 0; n < 3; n++) await use(await createTenant({ plan: "free" }), monthOf("free") / 2);
    const fault = fail("db", "", { when: "after" });
    await sweep().catch(() => undefined);
    repair();
    expect(fault.tripped).toBe(1);
  });
});

describe("a warning", () => {
  test("goes by e-mail to owners and admins, each their own, and to nobody else", async () => {
    const tenant = await createTenant({ plan: "free" });
    const people = {
      owner: await createPerson(tenant, "owner"),
      admin: await createPerson(tenant, "admin"),
      member: await createPerson(tenant, "member"),
      viewer: await createPerson(tenant, "viewer"),
    };
    await use(tenant, monthOf("free") * 0.9);
    for (let n = 0; n < 2; n++) await sweep();
    for (const role of ["owner", "admin"] as const) {
      const [mail, ...more] = await textOfMail(people[role].email);
      expect(more).toEqual([]);
      expect(mail).toContain("45 MB of 50 MB are used, on the plan free");
      expect(mail).toContain("What happens at 100 %");
      expect(mail).toContain("The plan starter has 5 GB a month");
      expect(mail).toContain(dayOf(monthEnd(Date.now())));
    }
    for (const role of ["member", "viewer"] as const) expect(await received(people[role].email)).toEqual([]);
    const [shown] = await slackCalls(tenant);
    expect(JSON.stringify(shown?.body.blocks)).toContain("The way up");
  });

  test("that cannot be sent by one way is sent by the other, and not repeated", async () => {
    const [byMail, bySlack] = [await createTenant({ plan: "free" }), await createTenant({ plan: "free" })];
    const [first, second] = [await createPerson(byMail, "owner"), await createPerson(bySlack, "owner")];
    await script(byMail, [{ status: 200, body: { ok: false, error: "channel_not_found" } }]);
    await answers(second.email, [{ status: 500 }]);
    for (const tenant of [byMail, bySlack]) await use(tenant, monthOf("free"));
    for (let n = 0; n < 3; n++) await sweep();
    expect(await received(first.email)).toHaveLength(1);
    expect(await received(second.email)).toHaveLength(1);
    expect(await slackCalls(byMail)).toHaveLength(1);
    expect(await slackTexts(bySlack)).toHaveLength(1);
  });

  test("that one person cannot get reaches the others", async () => {
    const tenant = await createTenant({ plan: "free" });
    const people = [await createPerson(tenant, "owner"), await createPerson(tenant, "admin")];
    const [broken, other] = people.map(({ email }) => email).toSorted();
    await answers(broken ?? "", [{ status: 500 }]);
    await use(tenant, monthOf("free"));
    await sweep();
    expect(await received(other ?? "")).toHaveLength(1);
  });
});
