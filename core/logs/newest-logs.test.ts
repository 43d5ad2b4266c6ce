import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventIdOf } from "../ids.ts";
import type { LogRow } from "./log-row.ts";
import { type LogPosition, NewestLogs, OldestLogs } from "./newest-logs.ts";
import { row } from "./segment/segment.fixtures.ts";

// Paging and memory of the newest logs: match.test.ts.

const chunk = (number: number) => `0190b4a0-0000-7000-8000-${number.toString(16).padStart(8, "0")}0000`;

/** Few distinct times and ids, so that they collide; the same log may be offered twice. */
const logs = fc.array(
  fc
    .tuple(fc.nat({ max: 40 }), fc.nat({ max: 5 }))
    .map(([number, index]) => row({ chunkId: chunk(number), index, timestamp: (number * 7 + index) % 11 })),
  { maxLength: 400 },
);

const positions = fc.record({ at: fc.nat({ max: 11 }), id: fc.nat({ max: 40 }).map((number) => chunk(number)) });

/** Time and id as one text that sorts as both do. */
const sortKey = (at: number, id: string) => `${String(at).padStart(3, "0")}/${id}`;
const keyOf = (one: LogRow) => sortKey(one.timestamp, eventIdOf(one.chunkId, one.index));

function keys(found: NewestLogs | OldestLogs, rows: readonly LogRow[]): string[] {
  for (const one of rows) found.offer(one);
  return found.take().map((log) => sortKey(log.row.timestamp, log.eventId));
}

const distinct = (rows: readonly LogRow[]) => [...new Set(rows.map(keyOf))].sort();

describe("the logs around a position", () => {
  it("are, before and after it, those that sorting all of them would give: nearest first, each once", () => {
    fc.assert(
      fc.property(logs, positions, fc.integer({ min: 1, max: 20 }), (rows, position, limit) => {
        const here = sortKey(position.at, position.id);
        const later = distinct(rows).filter((key) => key > here);
        const earlier = distinct(rows).filter((key) => key < here);
        expect(keys(new OldestLogs(limit, position), rows)).toEqual(later.slice(0, limit));
        expect(keys(new NewestLogs(limit, position), rows)).toEqual(earlier.reverse().slice(0, limit));
      }),
    );
  });

  it("do not depend on the order in which they are offered", () => {
    fc.assert(
      fc.property(logs, positions, (rows, position) => {
        const backwards = [...rows].reverse();
        expect(keys(new OldestLogs(9, position), backwards)).toEqual(keys(new OldestLogs(9, position), rows));
      }),
    );
  });

  it("leave out the log at the position itself", () => {
    const position: LogPosition = { at: 5, id: eventIdOf(chunk(3), 1) };
    const rows = [0, 1, 2].map((index) => row({ chunkId: chunk(3), index, timestamp: 5 }));
    expect(keys(new OldestLogs(5, position), rows)).toEqual([sortKey(5, eventIdOf(chunk(3), 2))]);
    expect(keys(new NewestLogs(5, position), rows)).toEqual([sortKey(5, eventIdOf(chunk(3), 0))]);
  });

  it("take little memory however many are offered", () => {
    const oldest = new OldestLogs(10, { at: -1, id: "" });
    for (let n = 50_000; n > 0; n--) oldest.offer(row({ chunkId: chunk(n), timestamp: n }));
    expect(oldest.take().map((log) => log.row.timestamp)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
    expect(Object.values(oldest).find((value) => value instanceof Map)?.size).toBeLessThanOrEqual(120);
  });
});
