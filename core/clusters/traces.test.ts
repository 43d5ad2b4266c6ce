import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalized, receivedAt } from "../events/events.fixtures.ts";
import { packJson } from "../wire/compression.ts";
import { base, minute, settingsWith, tenantId } from "./clusters.fixtures.ts";
import { type Contribution, digestEvents, encodeDigest, mergeContribution } from "./digest.ts";
import { contributionSize, PendingWindows } from "./pending.ts";
import { keepTraceIds, keepTraces, MAX_TRACES, type SeenTrace } from "./traces.ts";
import { applyDelivery, type WindowState } from "./window.ts";

const traceId = fc.integer({ min: 1, max: 60 }).map((number) => `trace-${number.toString().padStart(4, "0")}`);
const settings = settingsWith();

/** What comes in two orders. */
const shuffled = <T>(items: fc.Arbitrary<T[]>) =>
  items.chain((given) =>
    fc.tuple(
      fc.constant(given),
      fc.shuffledSubarray(given, { minLength: given.length, maxLength: given.length }),
      fc.nat({ max: given.length }),
    ),
  );

function contributionOf(ids: readonly string[], at: number): Contribution {
  const events = ids.map((id) => normalized({ timestamp: at, traceId: id }));
  const [contribution] = digestEvents(events, "DEBUG", at).contributions;
  if (contribution === undefined) throw new RangeError("no events");
  return contribution;
}

/** An id as an attacker would choose it: as long as the ingest allows, hardly to be compressed. */
function longId(seed: number): string {
  let text = "";
  for (let state = seed + 1; text.length < 200; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, 200);
}

describe("a trace id", () => {
  it.each([
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "1-5759e988-bd862e3fe1be46a994272793",
    "7205759403792793599",
    "x".repeat(199) + 1,
  ])("is kept: %s", (id) => expect(keepTraceIds([id])).toEqual([id]));

  it.each([
    "",
    "1234567",
    "undefined",
    "not-available",
    "00000000-0000-0000-0000-000000000000",
    "with a space 1",
    "new\nline 123",
    "\ud800234567890",
    "x".repeat(200) + 1,
  ])("is left out, because it tells no trace from another: %j", (id) => expect(keepTraceIds([id])).toEqual([]));
});

describe("what is kept of many trace ids", () => {
  it("is at most as many, distinct, and all where there is room", () => {
    fc.assert(
      fc.property(fc.array(traceId), fc.integer({ min: 1, max: 20 }), (ids, most) => {
        const kept = keepTraceIds(ids, most);
        const distinct = new Set(ids);
        expect(new Set(kept).size).toBe(kept.length);
        expect(kept.length).toBe(Math.min(most, distinct.size));
        for (const id of kept) expect(distinct).toContain(id);
      }),
    );
  });

  it("depends neither on their order nor on how they were cut into parts", () => {
    const seen = fc.tuple(fc.constantFrom(base, base + 5 * minute, base + 10 * minute), traceId);
    fc.assert(
      fc.property(shuffled(fc.array<SeenTrace>(seen)), ([given, other, cut]) => {
        const parts = [other.slice(0, cut), other.slice(cut)].flatMap((part) => keepTraces(part, 5));
        expect(keepTraces(parts, 5)).toEqual(keepTraces(given, 5));
      }),
    );
  });

  it("is the same in two services that saw the same thousands of traces", () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `${index}-trace-of-a-request`);
    const other = ids.toReversed().concat(Array.from({ length: 500 }, (_, index) => `${index}-of-another-kind`));
    const kept = new Set(keepTraceIds(ids));
    const common = keepTraceIds(other).filter((id) => kept.has(id));
    expect(common.length).toBeGreaterThan(MAX_TRACES / 2);
  });

  it("is of the newest windows first", () => {
    const old = Array.from({ length: 30 }, (_, index): SeenTrace => [base, `old-trace-${index}`]);
    const kept = keepTraces([...old, [base + 5 * minute, "new-trace-1"], [base + 5 * minute, "old-trace-7"]], 4);
    expect(kept.map(([start]) => (start - base) / minute)).toEqual([5, 5, 0, 0]);
    expect(
      kept
        .map(([, id]) => id)
        .slice(0, 2)
        .sort(),
    ).toEqual(["new-trace-1", "old-trace-7"]);
  });

  it("is found in time that grows with their number, whatever they are", () => {
    const ids = Array.from({ length: 65_536 }, (_, index) => longId(index));
    const begin = performance.now();
    expect(keepTraceIds(ids)).toHaveLength(MAX_TRACES);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

describe("contributions with traces", () => {
  const groups = fc.array(fc.array(traceId, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 });

  it("merge to the same in any order", () => {
    const merged = (given: readonly string[][]) => {
      const [first, ...rest] = given.map((ids) => contributionOf(ids, base));
      for (const other of rest) if (first !== undefined) mergeContribution(first, other);
      return first?.traceIds;
    };
    fc.assert(
      fc.property(shuffled(groups), ([given, other]) => {
        expect(merged(other)).toEqual(merged(given));
        expect(merged(given)).toEqual(keepTraceIds(given.flat()));
      }),
    );
  });

  it("come to the same in a window, delivered in any order", () => {
    const delivered = (given: readonly (readonly [number, string[]])[]) => {
      let state: WindowState | undefined;
      for (const [shard, [at, ids]] of given.entries()) {
        const contribution = contributionOf(ids, base + at * minute);
        const delivery = { tenantId, shard, sequence: 1, contribution, settings };
        ({ state } = applyDelivery(state, delivery, base + 12 * minute));
      }
      return state?.traces;
    };
    const timed = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.array(traceId, { minLength: 1, maxLength: 30 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(shuffled(timed), ([given, other]) => {
        expect(delivered(other)).toEqual(delivered(given));
        expect(delivered(given)?.length).toBeLessThanOrEqual(MAX_TRACES);
      }),
    );
  });

  it("are told by the window, and forgotten with it", () => {
    const ids = Array.from({ length: 12 }, (_, index) => `trace-${index + 10}`);
    const tell = (state: WindowState | undefined, sequence: number, contribution: Contribution, now: number) =>
      applyDelivery(state, { tenantId, shard: 0, sequence, contribution, settings }, now);
    const first = tell(undefined, 1, contributionOf(ids, base), base);
    expect(first.events.map(({ kind, traceIds }) => [kind, traceIds?.toSorted()])).toEqual([["CROSSED", ids]]);
    const later = base + 60 * minute;
    const second = tell(first.state, 2, contributionOf(["trace-99"], later), later);
    expect(second.state.traces).toEqual([[later, "trace-99"]]);
  });

  it("of no trace have none, not an empty list", () => {
    expect(contributionOf(["undefined"], base)).not.toHaveProperty("traceIds");
  });
});

describe("hostile trace ids of 200 characters", () => {
  const patterns = Array.from({ length: 100 }, (_, index) => ({
    template: "t",
    fingerprint: index.toString(16).padStart(64, "0"),
    exceptionType: "",
  }));
  const events = (fingerprints: number) =>
    Array.from({ length: 10_000 }, (_, index) =>
      normalized({ timestamp: receivedAt, traceId: longId(index), ...pick(patterns[index % fingerprints]) }),
    );
  const pick = (pattern: (typeof patterns)[number] | undefined) => (pattern === undefined ? {} : { pattern });

  it.each([
    { fingerprints: 1, ids: 20, bytes: 4_500 },
    { fingerprints: 10, ids: 40, bytes: 9_000 },
    { fingerprints: 100, ids: 200, bytes: 40_000 },
  ])("are $ids in a digest of $fingerprints fingerprints", ({ fingerprints, ids, bytes }) => {
    const digest = digestEvents(events(fingerprints), "WARN", receivedAt);
    expect(digest.contributions.flatMap(({ traceIds = [] }) => traceIds)).toHaveLength(ids);
    expect(encodeDigest(digest).byteLength).toBeLessThan(bytes);
  });

  it("count towards the size of what is held, so that it stays under 2 MB", () => {
    const pending = new PendingWindows();
    for (let key = 0; key < 2_000; key++) {
      const [contribution] = digestEvents(
        Array.from({ length: 9 }, (_, index) => normalized({ timestamp: base, traceId: longId(key * 9 + index) })),
        "WARN",
        base,
      ).contributions;
      if (contribution !== undefined) pending.add({ ...contribution, fingerprint: key.toString(16).padStart(64, "0") });
    }
    const due = pending.take(base, settings, 1);
    const state = pending.state();
    expect(due.length).toBeGreaterThan(0);
    for (const contribution of due) expect(contributionSize(contribution)).toBeGreaterThan(9 * 200);
    for (const contribution of [...due, ...state.held]) {
      expect(JSON.stringify(contribution).length).toBeLessThan(contributionSize(contribution) + 300);
    }
    expect(JSON.stringify(state).length).toBeLessThan(2_000_000);
    expect(JSON.stringify(pending.state(0)).length).toBeLessThan(2_000_000 / 2);
  });

  it("leave a window's state under 20 KB, however long it goes on", () => {
    let state: WindowState | undefined;
    let eventBytes = 0;
    for (let sequence = 1; sequence <= 200; sequence++) {
      const at = base + sequence * 20_000;
      const ids = Array.from({ length: 30 }, (_, index) => longId(sequence * 30 + index));
      const contribution = { ...contributionOf(ids, at), messages: ids.map((id) => id.repeat(5).slice(0, 500)) };
      const outcome = applyDelivery(state, { tenantId, shard: 0, sequence, contribution, settings }, at);
      ({ state } = outcome);
      for (const event of outcome.events) {
        expect(event.traceIds).toHaveLength(20);
        eventBytes = Math.max(eventBytes, JSON.stringify(event).length);
      }
      expect(JSON.stringify(state).length).toBeLessThan(20_000);
    }
    expect(eventBytes).toBeGreaterThan(0);
    expect(eventBytes).toBeLessThan(20_000);
    expect(packJson(state).byteLength).toBeLessThan(20_000);
  });
});
