import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import { errorCode } from "../errors.ts";
import { anyText, normalized, normalizedEvent, receivedAt } from "../events/events.fixtures.ts";
import { levelRank } from "../events/level.ts";
import { packJson } from "../wire/compression.ts";
import {
  addMessage,
  BASE_BUCKET_MS,
  decodeDigest,
  digestEvents,
  encodeDigest,
  keyOf,
  MAX_LATENESS_MS,
  MAX_TOP_MESSAGES,
  mergeContribution,
  truncate,
} from "./digest.ts";

const bucket = Math.floor(receivedAt / BASE_BUCKET_MS) * BASE_BUCKET_MS;
const digest = (events: Parameters<typeof digestEvents>[0]) => digestEvents(events, "WARN", receivedAt);

describe("an event counts", () => {
  it.each(LEVELS.flatMap((level) => LEVELS.map((minLevel) => [level, minLevel] as const)))(
    "when its level %s is at least %s",
    (level, minLevel) => {
      const { contributions } = digestEvents([normalized({ level })], minLevel, receivedAt);
      expect(contributions).toHaveLength(levelRank(level) >= levelRank(minLevel) ? 1 : 0);
    },
  );

  it("until 15 minutes before its receipt; later ones are counted as late", () => {
    const events = [0, 1, 2].map((early) => normalized({ timestamp: receivedAt - MAX_LATENESS_MS - early }));
    const { contributions, late } = digest(events);
    expect(contributions.map(({ buckets }) => buckets.length)).toEqual([1]);
    expect(late).toBe(2);
    expect(MAX_LATENESS_MS).toBe(15 * 60_000);
  });

  it("as late only when it would have counted", () =>
    expect(digest([normalized({ level: "INFO", timestamp: 0 })]).late).toBe(0));

  it("in buckets of 6 seconds", () => {
    const times = [bucket, bucket + 5_999, bucket + 6_000, bucket - 1];
    const [contribution] = digest(times.map((timestamp) => normalized({ timestamp }))).contributions;
    expect(contribution).toMatchObject({
      buckets: [
        [bucket, 2],
        [bucket + 6_000, 1],
        [bucket - 6_000, 1],
      ],
      firstAt: bucket - 1,
      lastAt: bucket + 6_000,
    });
  });

  it("for its own fingerprint and environment", () => {
    const other = { ...normalized().pattern, fingerprint: "b".repeat(64) };
    const events = [normalized(), normalized({ environment: "staging" }), normalized({ pattern: other }), normalized()];
    const found = digest(events).contributions.map(({ environment, fingerprint, buckets }) => [
      keyOf(environment, fingerprint),
      buckets[0]?.[1],
    ]);
    expect(found).toEqual([
      [`${"a".repeat(64)}:production`, 2],
      [`${"a".repeat(64)}:staging`, 1],
      [`${"b".repeat(64)}:production`, 1],
    ]);
  });
});

describe("the evidence of a fingerprint", () => {
  it("is at most 10 distinct messages, the first ones", () => {
    const events = Array.from({ length: 40 }, (_, index) => normalized({ message: `m${Math.floor(index / 2)}` }));
    const [contribution] = digest(events).contributions;
    expect(contribution?.messages).toEqual(Array.from({ length: 10 }, (_, index) => `m${index}`));
  });

  it("is cut to 500 characters a message and 4,000 of the first trace", () => {
    const events = [
      normalized({ message: "m".repeat(9_000) }),
      normalized({ trace: "t".repeat(9_000) }),
      normalized({ trace: "u" }),
    ];
    const [contribution] = digest(events).contributions;
    expect(contribution?.messages[0]).toBe("m".repeat(500));
    expect(contribution?.trace).toBe("t".repeat(4_000));
  });

  it("has the level of the most severe event, in any order", () => {
    for (const levels of [
      ["WARN", "FATAL"],
      ["FATAL", "WARN"],
    ] as const) {
      expect(digest(levels.map((level) => normalized({ level }))).contributions[0]?.level).toBe("FATAL");
    }
  });

  it("does not tell two messages apart that begin with the same 500 characters", () => {
    const messages: string[] = [];
    for (const end of ["a", "b"]) addMessage(messages, "x".repeat(500) + end);
    expect(messages).toHaveLength(1);
    expect(MAX_TOP_MESSAGES).toBe(10);
  });
});

describe("a cut", () => {
  it("never splits a surrogate pair", () => {
    expect([0, 1, 2, 3, 4, 5].map((length) => truncate("a😀b", length))).toEqual(["", "a", "a", "a😀", "a😀b", "a😀b"]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat({ max: 30 }), (text, length) => {
        const cut = truncate(text, length);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(length - 1, text.length));
        expect(cut.length).toBeLessThanOrEqual(length);
        expect(cut).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});

describe("a digest", () => {
  const events = fc.array(
    fc.tuple(normalizedEvent, fc.integer({ min: -20 * 60_000, max: 300_000 })).map(([event, offset]) => ({
      ...event,
      timestamp: receivedAt + offset,
    })),
    { maxLength: 30 },
  );

  it("counts every event once: in a bucket, as late, or not at all for its level", () => {
    fc.assert(
      fc.property(events, fc.constantFrom(...LEVELS), (given, minLevel) => {
        const { contributions, late } = digestEvents(given, minLevel, receivedAt);
        const counted = contributions.flatMap(({ buckets }) => buckets).reduce((sum, [, count]) => sum + count, 0);
        expect(counted + late).toBe(given.filter(({ level }) => levelRank(level) >= levelRank(minLevel)).length);
      }),
    );
  });

  it("gives itself back through its bytes; nothing is no bytes", () => {
    fc.assert(
      fc.property(events, (given) => {
        const made = digest(given);
        expect(decodeDigest(encodeDigest(made))).toEqual(made);
      }),
    );
    expect(encodeDigest(digest([])).byteLength).toBe(0);
    expect(encodeDigest({ contributions: [], late: 1 }).byteLength).toBeGreaterThan(0);
  });

  it.each([
    ["no JSON", new Uint8Array([1, 2, 3])],
    ["no digest", packJson([])],
    ["a count of nothing", packJson({ contributions: [], late: -1 })],
    ["a contribution without its fields", packJson({ contributions: [{}], late: 0 })],
  ])("that is wrong is refused as invalid_envelope: %s", (_what, bytes) => {
    let code = "decoded";
    try {
      decodeDigest(bytes);
    } catch (error) {
      code = errorCode(error);
    }
    expect(code).toBe("invalid_envelope");
  });

  it("of two halves merged is the digest of the whole", () => {
    const one = fc.array(
      fc.tuple(fc.integer({ min: -600_000, max: 300_000 }), fc.constantFrom("WARN", "ERROR"), anyText, fc.boolean()),
    );
    const make = (given: readonly [number, "WARN" | "ERROR", string, boolean][]) =>
      digest(
        given.map(([offset, level, message, traced]) =>
          normalized({
            timestamp: receivedAt + offset,
            level,
            message,
            ...(traced ? { trace: `trace of ${message}` } : {}),
          }),
        ),
      ).contributions[0];
    fc.assert(
      fc.property(one, one, (left, right) => {
        const [a, b, whole] = [make(left), make(right), make([...left, ...right])];
        if (a === undefined || b === undefined) return;
        mergeContribution(a, b);
        expect(a).toEqual(whole);
      }),
    );
  });
});
