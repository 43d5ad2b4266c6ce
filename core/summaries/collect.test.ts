import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { incidentWith } from "../incidents/incident.fixtures.ts";
import type { LogRow } from "../logs/log-row.ts";
import { collectionRange, LineCollector, MAX_TRACE_IDS } from "./collect.ts";

const OWN = "a".repeat(64);
const OTHER = "b".repeat(64);
const chunkId = "0190b4a0-0000-7000-8000-000000000000";

function row(index: number, fields: Partial<LogRow> = {}): LogRow {
  return {
    chunkId,
    index,
    timestamp: 1_000 + index,
    receivedAt: 2_000,
    level: "ERROR",
    serviceName: "payment-service",
    environment: "production",
    message: `m ${index}`,
    template: "m <number>",
    fingerprint: OWN,
    ...fields,
  };
}

const collector = (traceIds: string[] = []) => new LineCollector(incidentWith({ traceIds }), [OWN]);

describe("lines around an incident", () => {
  it("are looked for in half an hour, ten minutes of it before the incident", () => {
    expect(collectionRange({ firstSeenAt: 1_800_000 })).toEqual({ from: 1_200_000, to: 3_000_000 });
  });

  it("come per pattern, its own first, then the most severe and frequent, then those of traces", () => {
    const lines = collector();
    lines.offer(row(1, { fingerprint: OTHER, level: "WARN" }));
    for (let n = 2; n < 5; n++) lines.offer(row(n, { fingerprint: "c".repeat(64), level: "WARN" }));
    lines.offer(row(5, { fingerprint: "d".repeat(64), level: "FATAL" }));
    lines.offer(row(6));
    lines.offerOfTrace(row(7, { serviceName: "gateway", level: "INFO" }));
    expect(lines.groups().map(({ relation, level, count }) => [relation, level, count])).toEqual([
      ["incident", "ERROR", 1],
      ["service", "FATAL", 1],
      ["service", "WARN", 3],
      ["service", "WARN", 1],
      ["trace", "INFO", 1],
    ]);
  });

  it("of a trace are not counted twice", () => {
    const lines = collector();
    lines.offer(row(1));
    lines.offerOfTrace(row(1));
    lines.offerOfTrace(row(2, { fingerprint: OTHER, level: "WARN" }));
    lines.offerOfTrace(row(3, { fingerprint: OTHER, level: "INFO" }));
    expect(lines.groups().map(({ relation, count }) => [relation, count])).toEqual([
      ["incident", 1],
      ["trace", 1],
    ]);
  });

  it("are the earliest with different messages, and all are counted", () => {
    const lines = collector();
    for (const [index, message] of ["a", "a", "b", "c", "d", "e"].entries()) lines.offer(row(index, { message }));
    const [group] = lines.groups();
    expect(group?.count).toBe(6);
    expect(group?.lines.map((line) => [line.message, line.timestamp])).toEqual([
      ["a", 1_000],
      ["b", 1_002],
      ["c", 1_003],
      ["d", 1_004],
    ]);
  });

  it("are kept within bounds, traces of the incident's own only", () => {
    const lines = collector();
    const long = { message: "x".repeat(10_000), trace: "t".repeat(100_000) };
    lines.offer(row(0, long));
    for (let n = 1; n < 1_000; n++) lines.offer(row(n, { ...long, fingerprint: String(n) }));
    const kept = lines.groups();
    expect(kept.length).toBe(200);
    expect(kept[0]?.lines[0]).toMatchObject({ message: "x".repeat(4_000), trace: "t".repeat(16_000) });
    expect(kept[1]?.lines[0]?.trace).toBeUndefined();
  });

  it("do not depend on the order in which they are found", () => {
    const any = fc.array(
      fc.record({
        message: fc.constantFrom("a", "b", "c", "d", "e", "f"),
        fingerprint: fc.constantFrom(OWN, OTHER),
        level: fc.constantFrom("WARN" as const, "ERROR" as const),
        timestamp: fc.nat(20),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(any, fc.infiniteStream(fc.nat()), (list, random) => {
        const rows = list.map((fields, index) => row(index, fields));
        const shuffled = rows
          .map((one) => ({ one, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        const groupsOf = (offered: LogRow[]) => {
          const lines = collector();
          for (const one of offered) lines.offer(one);
          return lines.groups();
        };
        expect(groupsOf(shuffled)).toEqual(groupsOf(rows));
      }),
    );
  });

  it("bring trace ids: the incident's, then those of its own logs, at most 20, none that would need quoting", () => {
    const lines = collector(["t1", 'x" OR level:*']);
    lines.offer(row(1, { traceId: "t2" }));
    lines.offer(row(2, { fingerprint: OTHER, traceId: "t3" }));
    lines.offer(row(3, { traceId: "t 4" }));
    expect(lines.traceIds()).toEqual(["t1", "t2"]);
    for (let n = 0; n < 100; n++) lines.offer(row(n, { traceId: `n${n}` }));
    expect(lines.traceIds()).toHaveLength(MAX_TRACE_IDS);
  });
});
