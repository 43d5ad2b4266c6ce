import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Section } from "../../schema/contracts/envelope.ts";
import { raw, rawEvent, receivedAt } from "../events/events.fixtures.ts";
import { newChunkId } from "../ids.ts";
import { decodeRawColumns } from "../wire/columns.ts";
import { chunkEvents, chunkIds, dropRepeats, MAX_CHUNK_BYTES, rawSize, type Source } from "./chunks.ts";
import type { ParsedEvent } from "./parse-event.ts";

const tenantId = "0190b4a0-0000-7000-8000-000000000001";
const source = (dedup: Source["dedup"]): Source => ({ tenantId, sourceId: "key-1", dedup });
const chunkId = newChunkId(receivedAt, new Uint8Array(10));

/** Events of very different sizes, so that chunks fill. */
const parsed: fc.Arbitrary<ParsedEvent> = fc
  .tuple(rawEvent, fc.constantFrom(0, 0, 0, 60_000, 300_000, MAX_CHUNK_BYTES))
  .map(([event, size]) => ({ event: size === 0 ? event : { ...event, trace: "x".repeat(size) } }));

describe("chunks", () => {
  it("lose nothing, keep the order, and none is too large that could be split", () => {
    fc.assert(
      fc.property(fc.array(parsed), (events) => {
        const chunks = chunkEvents(events);
        expect(chunks.flatMap((chunk) => chunk.events)).toEqual(events);
        for (const chunk of chunks) {
          expect(chunk.events.length).toBeGreaterThan(0);
          expect(chunk.bytes).toBe(chunk.events.reduce((sum, event) => sum + rawSize(event), 0));
          if (chunk.events.length > 1) expect(chunk.bytes).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
        }
      }),
    );
  });

  it("are as few as the order allows", () => {
    fc.assert(
      fc.property(fc.array(parsed), (events) => {
        for (const [index, chunk] of chunkEvents(events).entries()) {
          const [next] = chunkEvents(events)[index + 1]?.events ?? [];
          if (next !== undefined) expect(chunk.bytes + rawSize(next)).toBeGreaterThan(MAX_CHUNK_BYTES);
        }
      }),
    );
  });

  it("of the same events are the same each time", () => {
    fc.assert(
      fc.property(fc.array(parsed), (events) => {
        expect(chunkEvents(events)).toEqual(chunkEvents(events));
      }),
    );
  });

  it("never hold more events than ids can be derived for", () => {
    const smallest = rawSize({ event: raw({ serviceName: "", environment: "", level: "", message: "" }) });
    expect(MAX_CHUNK_BYTES / smallest).toBeLessThan(65_536);
  });

  it.each(["none", "event-id", "content"] as const)("become sections that keep every event (dedup %s)", (dedup) => {
    fc.assert(
      fc.property(fc.array(parsed, { minLength: 1, maxLength: 5 }), (events) => {
        for (const chunk of chunkEvents(events)) {
          const { section, body, digest } = chunk.build(chunkId, receivedAt, source(dedup));
          expect(Section.parse(section)).toEqual(section);
          expect(section).toMatchObject({ count: chunk.events.length, rawBytes: chunk.bytes, digestBytes: 0 });
          expect([section.bodyBytes, digest.byteLength]).toEqual([body.byteLength, 0]);
          expect(section.dedup?.length).toBe(dedup === "none" ? undefined : chunk.events.length);
          expect(decodeRawColumns(body, receivedAt)).toEqual(chunk.events.map(({ event }) => event));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("the raw size of an event counts", () => {
  it.each([
    ["message", { message: "it broke+" }],
    ["level", { level: "ERROR+" }],
    ["service", { serviceName: "payment-service+" }],
    ["environment", { environment: "production+" }],
    ["trace", { trace: "+" }],
    ["attributes", { attributes: "+" }],
  ])("each character of its %s", (_field, more) =>
    expect(rawSize({ event: raw(more) })).toBe(rawSize({ event: raw() }) + 1),
  );
});

describe("repeats within a request", () => {
  const events: ParsedEvent[] = [
    { event: raw(), clientId: "1" },
    { event: raw(), clientId: "1" },
    { event: raw(), clientId: "2" },
    { event: raw({ message: "other" }), clientId: "1" },
    { event: raw({ message: "other" }) },
    { event: raw({ message: "other" }) },
  ];
  const kept = (dedup: Source["dedup"]) => {
    const { events: left, duplicates } = dropRepeats(events, source(dedup));
    return [left.map((event) => events.indexOf(event)), duplicates];
  };

  it("are all kept where the source does not ask", () => expect(kept("none")).toEqual([[0, 1, 2, 3, 4, 5], 0]));

  it("are told by the client's id, and by content where there is none", () =>
    expect(kept("event-id")).toEqual([[0, 2, 4], 3]));

  it("are told by content, whatever the client's id", () => expect(kept("content")).toEqual([[0, 3], 4]));

  it.each([
    ["service", { serviceName: "b" }],
    ["environment", { environment: "b" }],
    ["timestamp", { timestamp: 1 }],
    ["nanoseconds", { nanoseconds: 1 }],
    ["level", { level: "WARN" }],
    ["message", { message: "b" }],
    ["trace", { trace: "b" }],
    ["attributes", { attributes: "{}" }],
  ])("are none where the %s differs", (_field, fields) => {
    const two = [{ event: raw() }, { event: raw(fields) }];
    expect(dropRepeats(two, source("content"))).toEqual({ events: two, duplicates: 0 });
  });

  it("have another hash under another key of the tenant", () => {
    const hash = (sourceId: string) =>
      chunkEvents([{ event: raw() }])[0]?.build(chunkId, receivedAt, { tenantId, sourceId, dedup: "content" }).section
        .dedup;
    expect(hash("a")).toEqual(hash("a"));
    expect(hash("a")).not.toEqual(hash("b"));
  });
});

describe("chunk ids", () => {
  const never = (): string => {
    throw new Error("a fresh id was asked for");
  };

  it("are fresh ones without an idempotency key", () => {
    let made = 0;
    expect(chunkIds(3, source("none"), undefined, () => `id-${made++}`)).toEqual(["id-0", "id-1", "id-2"]);
  });

  it("are the same for every retry with an idempotency key", () => {
    const ids = chunkIds(3, source("none"), "retry", never);
    expect(chunkIds(5, source("none"), "retry", never).slice(0, 3)).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ["another key", { ...source("none"), sourceId: "key-2" }],
    ["another tenant", { ...source("none"), tenantId: "0190b4a0-0000-7000-8000-000000000002" }],
  ])("differ under %s", (_who, other) => {
    const ids = new Set([...chunkIds(2, source("none"), "retry", never), ...chunkIds(2, other, "retry", never)]);
    expect(ids.size).toBe(4);
  });
});
