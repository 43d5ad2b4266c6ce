import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import { eventIdOf } from "../ids.ts";
import type { LogRow } from "./log-row.ts";
import { matcher } from "./match.ts";
import { type FoundLog, NewestLogs, newestFirst } from "./newest-logs.ts";

const chunk = (number: number) => `0190b4a0-0000-7000-8000-${number.toString(16).padStart(8, "0")}0000`;

function row(fields: Partial<LogRow> = {}): LogRow {
  return {
    chunkId: chunk(1),
    index: 0,
    timestamp: 1_000,
    receivedAt: 1_000,
    level: "ERROR",
    serviceName: "payment",
    environment: "production",
    message: "Connection Timeout",
    template: "t",
    fingerprint: "f",
    ...fields,
  };
}

describe("a filter matches", () => {
  it.each([
    ["all within its times", {}, {}, true],
    ["from its first millisecond on", { from: 1_000 }, {}, true],
    ["not before", { from: 1_001 }, {}, false],
    ["until its last millisecond", { to: 1_001 }, {}, true],
    ["not at its end", { to: 1_000 }, {}, false],
    ["one of its levels", { levels: ["WARN", "ERROR"] }, {}, true],
    ["no other level", { levels: ["WARN"] }, {}, false],
    ["nothing where it allows no level", { levels: [] }, {}, false],
    ["one of its services", { services: ["payment"] }, {}, true],
    ["no other service", { services: ["pay", "Payment"] }, {}, false],
    ["one of its environments", { environments: ["production"] }, {}, true],
    ["no other environment", { environments: ["staging"] }, {}, false],
  ] as const)("%s", (_rule, filter, fields, expected) =>
    expect(matcher({ from: 0, to: 2_000, ...filter })(row(fields))).toBe(expected),
  );
});

/** Few distinct times and ids, so that they collide. A log's row follows from its id: it is offered the same twice. */
const logs = fc.array(
  fc
    .tuple(fc.nat({ max: 30 }), fc.nat({ max: 5 }))
    .map(([number, index]) => row({ chunkId: chunk(number), index, timestamp: (number * 7 + index) % 11 })),
  { maxLength: 400 },
);
const idOf = ({ chunkId, index }: LogRow) => eventIdOf(chunkId, index);

function sorted(rows: readonly LogRow[]): FoundLog[] {
  const distinct = new Map(rows.map((one) => [idOf(one), { eventId: idOf(one), row: one }]));
  return [...distinct.values()].sort((a, b) =>
    a.row.timestamp === b.row.timestamp ? (a.eventId < b.eventId ? 1 : -1) : b.row.timestamp - a.row.timestamp,
  );
}

describe("the newest logs", () => {
  it("are those that sorting all of them would give, each once", () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 20 }), (rows, limit) => {
        const newest = new NewestLogs(limit);
        for (const one of rows) newest.offer(one);
        expect(newest.take()).toEqual(sorted(rows).slice(0, limit));
      }),
    );
  });

  it("after a cursor are those that sort after it", () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 20 }), fc.nat(), (rows, limit, at) => {
        const all = sorted(rows);
        const position = all.length === 0 ? 0 : at % all.length;
        const last = all[position];
        const before = last === undefined ? { at: 5, id: chunk(1) } : { at: last.row.timestamp, id: last.eventId };
        const newest = new NewestLogs(limit, before);
        for (const one of rows) newest.offer(one);
        expect(newest.take()).toEqual(all.slice(position + 1, position + 1 + limit));
      }),
    );
  });

  it("page by page are all of them", () => {
    fc.assert(
      fc.property(logs, (rows) => {
        const seen: FoundLog[] = [];
        let before: { at: number; id: string } | undefined;
        for (let more = true; more; ) {
          const page = new NewestLogs(25, before);
          for (const one of rows) page.offer(one);
          seen.push(...page.take());
          const last = page.take().at(-1);
          before = last === undefined ? undefined : { at: last.row.timestamp, id: last.eventId };
          more = last !== undefined;
        }
        expect(seen).toEqual(sorted(rows));
      }),
      { numRuns: 30 },
    );
  });

  it("are complete before a time exactly when nothing at or before it could get in", () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 20 }), fc.integer({ min: -1, max: 12 }), (rows, limit, time) => {
        const newest = new NewestLogs(limit);
        for (const one of rows) newest.offer(one);
        const full = newest.isFullBefore(time);
        expect(full).toBe(sorted(rows).filter((log) => log.row.timestamp > time).length >= limit);
        expect(newest.take()).toEqual(sorted(rows).slice(0, limit));
      }),
    );
  });

  it("take little memory however many are offered", () => {
    const newest = new NewestLogs(10);
    for (let number = 0; number < 100_000; number++) newest.offer(row({ chunkId: chunk(number), timestamp: number }));
    expect(newest.take().map((log) => log.row.timestamp)).toEqual(Array.from({ length: 10 }, (_, i) => 99_999 - i));
    expect(Object.values(newest).find((value) => value instanceof Map)?.size).toBeLessThanOrEqual(120);
  });

  it("of one millisecond are in the order of their ids, the last first", () => {
    const [a, b] = [0, 1].map((index) => ({ eventId: eventIdOf(chunk(1), index), row: row({ index }) }));
    expect([a, b].flatMap((log) => log ?? []).sort(newestFirst)).toEqual([b, a]);
  });

  it("know all levels", () => {
    const rows = LEVELS.map((level, index) => row({ level, index }));
    expect(rows.filter(matcher({ from: 0, to: 2_000, levels: ["WARN"] })).map(({ level }) => level)).toEqual(["WARN"]);
  });
});
