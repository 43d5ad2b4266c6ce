import { describe, expect, it } from "vitest";
import { row } from "./segment.fixtures.ts";
import { writeSegment } from "./write.ts";

const statsOf = (...rows: Parameters<typeof row>[0][]) => writeSegment(rows.map(row)).stats;

describe("the statistics of a segment", () => {
  it("are zero without rows", () => {
    const empty = { rows: 0, minTimestamp: 0, maxTimestamp: 0, levels: {}, services: {}, patterns: [] };
    expect(statsOf()).toEqual(empty);
  });

  it("count rows per level and per service, and span all times", () => {
    const stats = statsOf(
      { timestamp: 30, level: "ERROR", serviceName: "b" },
      { timestamp: 10, level: "INFO", serviceName: "a" },
      { timestamp: 20, level: "ERROR", serviceName: "a" },
    );
    expect(stats).toMatchObject({ rows: 3, minTimestamp: 10, maxTimestamp: 30 });
    expect(stats.levels).toEqual({ ERROR: 2, INFO: 1 });
    expect(stats.services).toEqual({ a: 2, b: 1 });
  });

  it("keep one pattern per fingerprint, with its first and last time and its worst level", () => {
    const stats = statsOf(
      { fingerprint: "f", timestamp: 20, level: "INFO" },
      { fingerprint: "g", timestamp: 15, level: "DEBUG" },
      { fingerprint: "f", timestamp: 10, level: "ERROR" },
      { fingerprint: "f", timestamp: 30, level: "WARN" },
    );
    const common = { template: "charged order <number>", serviceName: "payment-service" };
    expect(stats.patterns).toHaveLength(2);
    expect(stats.patterns).toEqual(
      expect.arrayContaining([
        { ...common, fingerprint: "f", level: "ERROR", count: 3, firstSeen: 10, lastSeen: 30 },
        { ...common, fingerprint: "g", level: "DEBUG", count: 1, firstSeen: 15, lastSeen: 15 },
      ]),
    );
  });

  it("sum over row groups", () => {
    const rows = Array.from({ length: 7 }, (_, index) => row({ index, fingerprint: index % 2 === 0 ? "even" : "odd" }));
    const { stats } = writeSegment(rows, { rowsPerGroup: 2 });
    expect(stats.services).toEqual({ "payment-service": 7 });
    expect(stats.patterns.map(({ fingerprint, count }) => [fingerprint, count]).sort()).toEqual([
      ["even", 4],
      ["odd", 3],
    ]);
  });

  it.each(["__proto__", "constructor", "toString"])("count a service named %s like any other", (serviceName) => {
    expect(Object.entries(statsOf({ serviceName }, { serviceName }).services)).toEqual([[serviceName, 2]]);
  });
});
