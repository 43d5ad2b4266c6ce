import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import type { LogRow } from "./log-row.ts";
import { cellsOf, OTHER, ROLLUP_MS, Rollup, RollupBuilder, type RollupCell, rollUp, UNBOUNDED } from "./rollup.ts";
import { row } from "./segment/segment.fixtures.ts";

const HOUR_MS = 60 * ROLLUP_MS;
const DAY_MS = 24 * HOUR_MS;
/** A midnight. */
const START = 20_000 * DAY_MS;

const rows = fc.array(
  fc
    .record(
      {
        timestamp: fc.integer({ min: START - 3 * ROLLUP_MS, max: START + 3 * ROLLUP_MS }),
        serviceName: fc.constantFrom("a", "b", "__proto__", "", OTHER),
        environment: fc.constantFrom("production", "staging", "constructor"),
        level: fc.constantFrom(...LEVELS),
        message: fc.string({ maxLength: 9 }),
        trace: fc.string({ maxLength: 9 }),
        attributes: fc.string({ maxLength: 9 }),
      },
      { requiredKeys: ["timestamp", "serviceName", "environment", "level", "message"] },
    )
    .map(row),
  { maxLength: 80 },
);

const keyOf = (cell: Omit<RollupCell, "count" | "bytes">) =>
  JSON.stringify([cell.minute, cell.service, cell.environment, cell.level]);

/** Counts by key, without the code that is tested. */
function naive(all: readonly LogRow[]): Record<string, string> {
  const counts = new Map<string, { count: number; bytes: number }>();
  for (const one of all) {
    const minute = one.timestamp - (((one.timestamp % ROLLUP_MS) + ROLLUP_MS) % ROLLUP_MS);
    const key = keyOf({ minute, service: one.serviceName, environment: one.environment, level: one.level });
    const cell = counts.get(key) ?? { count: 0, bytes: 0 };
    cell.count++;
    cell.bytes += `${one.message}${one.trace ?? ""}${one.attributes ?? ""}`.length;
    counts.set(key, cell);
  }
  return Object.fromEntries([...counts].map(([key, cell]) => [key, JSON.stringify(cell)]));
}

function counted(rollup: Rollup): Record<string, string> {
  const cells = [...cellsOf(rollup)];
  expect(new Set(cells.map(keyOf)).size).toBe(cells.length);
  return Object.fromEntries(
    cells.map((cell) => [keyOf(cell), JSON.stringify({ count: cell.count, bytes: cell.bytes })]),
  );
}

function totalOf(rollup: Rollup): number {
  return [...cellsOf(rollup)].reduce((sum, cell) => sum + cell.count, 0);
}

/** One of a thousand services' logs, somewhere in a span of time. */
function spread(count: number, services: number, spanMs: number): LogRow[] {
  return Array.from({ length: count }, (_, n) =>
    row({
      serviceName: `service-${n % services}`,
      environment: `environment-${n % 7}`,
      level: LEVELS[n % 5] ?? "INFO",
      timestamp: START + ((n * 7_919_317) % spanMs),
    }),
  );
}

describe("a rollup", () => {
  it("counts what a naive count counts, also before the epoch and for names of Object.prototype", () => {
    fc.assert(
      fc.property(rows, (all) => {
        expect(counted(rollUp(all))).toEqual(naive(all));
      }),
    );
    expect(counted(rollUp([row({ timestamp: -1 })]))).toEqual(naive([row({ timestamp: -1 })]));
  });

  it("survives its journey through the index row", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const rollup = rollUp(all);
        expect(Rollup.parse(JSON.parse(JSON.stringify(rollup)))).toEqual(rollup);
      }),
    );
  });

  it("merged from parts is the rollup of all", () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 5 }), (parts) => {
        const builder = new RollupBuilder();
        for (const part of parts) builder.addAll(rollUp(part));
        expect(counted(builder.finish())).toEqual(counted(rollUp(parts.flat())));
      }),
    );
  });

  it("leaves out cells that point nowhere", () => {
    const rollup = { services: ["a"], environments: ["e"], resolutionMs: ROLLUP_MS };
    const cells: Rollup["cells"] = [
      [1, 0, 0, 1, 5, 50],
      [1, 1, 0, 1, 5, 50],
      [1, 0, 1, 1, 5, 50],
      [1, 0, 0, 9, 5, 50],
    ];
    const first = { minute: ROLLUP_MS, service: "a", environment: "e", level: "INFO", count: 5, bytes: 50 };
    expect([...cellsOf({ ...rollup, cells })]).toEqual([first]);
  });
});

describe("a rollup of too much", () => {
  it("counts services beyond 500 as others, and known ones still by name", () => {
    const all = [...spread(2_000, 1_000, ROLLUP_MS), ...spread(1, 1, ROLLUP_MS)];
    const rollup = rollUp(all);
    expect(rollup.services).toHaveLength(501);
    const of = (service: string) =>
      [...cellsOf(rollup)].reduce((sum, cell) => sum + (cell.service === service ? cell.count : 0), 0);
    expect([of("service-0"), of("service-499"), of("service-500"), of(OTHER)]).toEqual([3, 2, 0, 1_000]);
    expect(totalOf(rollup)).toBe(all.length);
  });

  it("counts environments beyond 50 as others", () => {
    const all = Array.from({ length: 60 }, (_, n) => row({ environment: `e${n}` }));
    expect(rollUp(all).environments).toHaveLength(51);
    expect(totalOf(rollUp(all))).toBe(60);
  });

  it.each([
    { name: "by the hour", count: 40_000, services: 100, spanMs: 10 * HOUR_MS, resolutionMs: HOUR_MS },
    { name: "by the day", count: 40_000, services: 100, spanMs: 10 * DAY_MS, resolutionMs: DAY_MS },
  ])("counts $name, each log in its bucket", ({ count, services, spanMs, resolutionMs }) => {
    const all = spread(count, services, spanMs);
    const rollup = rollUp(all);
    expect(rollup.resolutionMs).toBe(resolutionMs);
    expect(rollup.cells.length).toBeLessThanOrEqual(12_000);
    const inBuckets = all.map((one) => ({ ...one, timestamp: one.timestamp - (one.timestamp % resolutionMs) }));
    expect(counted(rollup)).toEqual(naive(inBuckets));
  });

  it("fits a row of D1 (2 MB) whatever it counts, and loses nothing", () => {
    const all = spread(120_000, 400, 30 * DAY_MS).map((one, n) => ({ ...one, environment: `environment-${n % 47}` }));
    const rollup = rollUp(all);
    expect(totalOf(rollup)).toBe(all.length);
    // What comes when it is full is counted by day and level alone.
    expect(rollup.cells.length).toBeLessThanOrEqual(12_000 + 31 * LEVELS.length);
    expect(JSON.stringify(rollup).length).toBeLessThan(1_000_000);
  });

  it("merges with finer ones to the coarsest of them, and loses nothing", () => {
    const fine = spread(100, 3, HOUR_MS);
    const coarse = spread(40_000, 100, 10 * HOUR_MS);
    for (const order of [
      [fine, coarse],
      [coarse, fine],
    ]) {
      const builder = new RollupBuilder();
      for (const part of order) builder.addAll(rollUp(part));
      const merged = builder.finish();
      expect(merged.resolutionMs).toBe(HOUR_MS);
      expect(totalOf(merged)).toBe(40_100);
      expect([...cellsOf(merged)].every((cell) => cell.minute % HOUR_MS === 0)).toBe(true);
    }
  });

  it("is counted by the minute all the same where nothing bounds it", () => {
    const all = spread(40_000, 1_000, 10 * HOUR_MS);
    expect(counted(rollUp(all, UNBOUNDED))).toEqual(naive(all));
  });
});
