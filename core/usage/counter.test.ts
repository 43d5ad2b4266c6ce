import { describe, expect, it, test } from "vitest";
import type { Section } from "../../schema/contracts/envelope.ts";
import { sectionWith } from "./counter.fixtures.ts";
import { PUSH_INTERVAL_MS, UNKNOWN_SOURCE, UsageCounter, type UsageDay } from "./counter.ts";

const NOON = Date.UTC(2026, 0, 31, 12);
const MIDNIGHT = Date.UTC(2026, 1, 1);
const HOUR = 60 * 60 * 1000;

function counted(...sections: readonly Partial<Section>[]): UsageDay[] {
  const counter = new UsageCounter();
  for (const section of sections) counter.add(sectionWith(section), NOON);
  return counter.unsent();
}

const once = { day: "2026-01-31", sourceId: "a", events: 10, bytes: 1_000, chunks: 1, requests: 1 };

describe("what is counted of a chunk", () => {
  const cases: { name: string; section: Partial<Section>; counts: Partial<UsageDay> }[] = [
    { name: "its events, bytes and requests", section: {}, counts: {} },
    { name: "not the rows that are no events", section: { skipped: [1, 4] }, counts: { events: 8 } },
    {
      name: "its chunk and requests, where all of it is duplicates",
      section: { count: 2, skipped: [0, 1], rawBytes: 0, requests: 3 },
      counts: { events: 0, bytes: 0, requests: 3 },
    },
    { name: "no request, for the second chunk of one", section: { requests: 0 }, counts: { requests: 0 } },
    {
      name: "an event that was split off, as a chunk of its own",
      section: { part: 4, count: 1, rawBytes: 90, requests: 0 },
      counts: { events: 1, bytes: 90, requests: 0 },
    },
    {
      name: "under no known source, that it came before sources were said",
      section: { sourceId: undefined, requests: undefined },
      counts: { sourceId: UNKNOWN_SOURCE, requests: 0 },
    },
  ];
  test.each(cases)("$name", ({ section, counts }) => {
    expect(counted(section)).toEqual([{ ...once, ...counts }]);
  });

  it("is added up per source", () => {
    expect(counted({}, { sourceId: "b" }, {})).toEqual([
      { ...once, events: 20, bytes: 2_000, chunks: 2, requests: 2 },
      { ...once, sourceId: "b" },
    ]);
  });

  it("belongs to the UTC day on which it was stored, to the ms", () => {
    const counter = new UsageCounter();
    counter.add(sectionWith(), MIDNIGHT - 1);
    counter.add(sectionWith({ receivedAt: MIDNIGHT - 1 }), MIDNIGHT);
    expect(counter.unsent()).toEqual([once, { ...once, day: "2026-02-01" }]);
  });

  it("of more sources than a thousand a day goes under no known one, and nothing is lost", () => {
    const days = counted(...Array.from({ length: 1_500 }, (_, n) => ({ sourceId: `s${n}` })), { sourceId: "s0" });
    expect(days).toHaveLength(1_001);
    expect(days.find(({ sourceId }) => sourceId === UNKNOWN_SOURCE)?.chunks).toBe(500);
    expect(days.reduce((sum, { events }) => sum + events, 0)).toBe(15_010);
  });
});

describe("sending", () => {
  it("is due a minute after the first of what waits, and not before there is something", () => {
    const counter = new UsageCounter();
    expect(counter.dueAt()).toBeUndefined();
    counter.add(sectionWith(), NOON);
    counter.add(sectionWith(), NOON + 5_000);
    expect(counter.dueAt()).toBe(NOON + PUSH_INTERVAL_MS);
    counter.sent(counter.unsent(), NOON + 60_000);
    expect(counter.dueAt()).toBeUndefined();
  });

  it("says absolute counts, of what has changed only", () => {
    const counter = new UsageCounter();
    counter.add(sectionWith(), NOON);
    counter.add(sectionWith({ sourceId: "b" }), NOON);
    counter.sent(counter.unsent(), NOON);
    counter.add(sectionWith(), NOON);
    expect(counter.unsent()).toEqual([{ ...once, events: 20, bytes: 2_000, chunks: 2, requests: 2 }]);
  });

  it("leaves what was stored meanwhile for the next time", () => {
    const counter = new UsageCounter();
    counter.add(sectionWith(), NOON);
    const sent = counter.unsent();
    counter.add(sectionWith(), NOON + 1);
    counter.sent(sent, NOON + 60_000);
    expect(counter.unsent()).toMatchObject([{ chunks: 2 }]);
    expect(counter.dueAt()).toBe(NOON + 60_000 + PUSH_INTERVAL_MS);
  });

  it("forgets a day that is over and sent, an hour later, and never one that waits", () => {
    const counter = new UsageCounter();
    counter.add(sectionWith(), NOON);
    const sent = counter.unsent();
    counter.add(sectionWith({ sourceId: "b" }), NOON);
    counter.sent(sent, MIDNIGHT + HOUR - 1);
    expect(counter.state().days).toHaveLength(2);
    counter.sent([], MIDNIGHT + HOUR);
    expect(counter.state().days.map(({ sourceId }) => sourceId)).toEqual(["b"]);
  });
});
