import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { FLOOD_MS, FLOOD_POSTS } from "../../core/notifications/slack-group.ts";
import { acknowledgeIncident } from "../../services/incidents/acknowledge.ts";
import { resolveIncident } from "../../services/incidents/resolve.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, deadLettersOf, incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, messagesAt, settle } from "./support/pipeline.ts";
import { putBack } from "./support/queues.ts";
import { click, createPerson, script, slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november".split(" ");

/** Opens an incident each of different words. */
async function open(tenant: Tenant, words: readonly string[], service = "checkout"): Promise<void> {
  await accepted(
    tenant.key,
    words.map((word) => ({ ...events(1)[0], message: `${word} is broken`, service })),
  );
}

async function flooded(count: number): Promise<Tenant> {
  const tenant = await createTenant({ settings: { threshold: 1 } });
  await open(tenant, WORDS.slice(0, count));
  await settle(tenant);
  return tenant;
}

const posts = async (tenant: Tenant) =>
  (await slackCalls(tenant)).filter(({ method }) => method === "chat.postMessage").map(({ body }) => body.text);
/** The last state of the flood's own message. */
const group = async (tenant: Tenant) =>
  (await slackCalls(tenant)).filter(({ body }) => /^log0: \d+ incident/.test(body.text)).at(-1);
const idOf = async (tenant: Tenant, word: string) =>
  (await incidentsOf(tenant)).find(({ messageTemplate }) => messageTemplate.startsWith(word))?.id ?? "";

/** Words of incidents that the flood's message names. */
async function grouped(tenant: Tenant): Promise<string[]> {
  const text = JSON.stringify((await group(tenant))?.body.blocks);
  return WORDS.filter((word) => text.includes(`${word} is broken`));
}

describe("a flood of incidents", () => {
  test(`of ${FLOOD_POSTS} is a message each`, async () => {
    const tenant = await flooded(FLOOD_POSTS);
    expect(await posts(tenant)).toHaveLength(FLOOD_POSTS);
    expect(await group(tenant)).toBeUndefined();
  });

  test("of twelve is five messages, and one for the others that is edited", async () => {
    const tenant = await flooded(12);
    expect(await posts(tenant)).toHaveLength(FLOOD_POSTS + 1);
    expect((await group(tenant))?.body.text).toMatch(/^log0: 7 incidents in checkout in /);
    expect((await group(tenant))?.method).toBe("chat.update");
    expect(await grouped(tenant)).toHaveLength(7);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("shown by many senders at once makes as many messages", async () => {
    const tenant = await createTenant({ settings: { threshold: 1 } });
    await open(tenant, WORDS);
    const messages = await messagesAt("notification-events", tenant);
    expect(messages).toHaveLength(WORDS.length);
    const verdicts = await Promise.all(messages.map((message) => deliver("notification-events", [message])));
    const again = new Set(verdicts.flatMap(({ retried }) => retried.map(({ id }) => id)));
    putBack(messages.filter(({ id }) => again.has(id)).map((message) => ({ ...message, attempts: 2 })));
    await settle(tenant);
    expect(await posts(tenant)).toHaveLength(FLOOD_POSTS + 1);
    expect(await grouped(tenant)).toHaveLength(WORDS.length - FLOOD_POSTS);
  });

  test("ends two minutes later: the next incident has its own message, and the next flood too", async () => {
    const tenant = await flooded(8);
    advance(FLOOD_MS + 1_000);
    await open(tenant, ["ninth"]);
    await settle(tenant);
    expect(await posts(tenant)).toHaveLength(FLOOD_POSTS + 2);
    expect((await posts(tenant)).at(-1)).toContain("ninth is broken");
  });

  test("goes on in its message while it lasts", async () => {
    const tenant = await flooded(8);
    for (const word of WORDS.slice(8, 11)) {
      advance(60_000);
      await open(tenant, [word], "search");
      await settle(tenant);
    }
    // Two minutes after the eight it has calmed down.
    expect((await group(tenant))?.body.text).toMatch(/^log0: 4 incidents in 2 services in 60 s/);
    expect(await posts(tenant)).toHaveLength(FLOOD_POSTS + 1 + 2);
  });

  test("has each incident's own message as soon as somebody acts on it, and shows its state", async () => {
    const tenant = await flooded(9);
    const [word = ""] = await grouped(tenant);
    const before = (await posts(tenant)).length;
    await acknowledgeIncident(tenant.scope, await idOf(tenant, word), "key:1");
    await settle(tenant);
    expect((await posts(tenant)).length).toBe(before + 1);
    expect((await posts(tenant)).at(-1)).toContain(`${word} is broken`);
    expect(JSON.stringify((await group(tenant))?.body.blocks)).toContain("*ACKNOWLEDGED*");
    await resolveIncident(tenant.scope, await idOf(tenant, word), "key:1");
    await settle(tenant);
    expect((await posts(tenant)).length).toBe(before + 1);
  });

  test("has its message again when somebody has deleted it, for those that join", async () => {
    const tenant = await flooded(7);
    const before = (await posts(tenant)).length;
    await open(tenant, WORDS.slice(7, 8));
    await script(tenant, [{ status: 200, body: { ok: false, error: "message_not_found" } }]);
    await settle(tenant);
    expect((await posts(tenant)).length).toBe(before + 1);
    expect((await posts(tenant)).at(-1)).toMatch(/^log0: 3 incidents in checkout/);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("can be worked on from its message", async () => {
    const tenant = await flooded(7);
    const engineer = await createPerson(tenant);
    const [word = ""] = await grouped(tenant);
    await click({ tenant, incidentId: await idOf(tenant, word), by: engineer, action: "acknowledge" });
    await settle(tenant);
    expect((await posts(tenant)).at(-1)).toContain(`${word} is broken`);
  });

  test("that resolves by itself makes no message more", async () => {
    const tenant = await flooded(8);
    const before = (await posts(tenant)).length;
    for (const word of await grouped(tenant)) await resolveIncident(tenant.scope, await idOf(tenant, word), "system");
    await settle(tenant);
    expect((await posts(tenant)).length).toBe(before);
    const text = JSON.stringify((await group(tenant))?.body.blocks);
    expect(text).toContain("0 open");
    expect(text).not.toContain("*NEW*");
  });
});
