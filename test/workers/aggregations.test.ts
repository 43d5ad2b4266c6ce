import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { stopClock } from "./support/clock.ts";
import { ask, storedLogs } from "./support/http.ts";
import { PLACES, rangeQuery, type Sample, type SampleLog, sampleOf } from "./support/sample.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

const MINUTE_MS = 60_000;
const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

const Source = z.object({ from: z.enum(["rollups", "logs"]), exact: z.boolean() });
const Histogram = z.object({
  from: z.number(),
  to: z.number(),
  bucketMs: z.number(),
  buckets: z.array(z.object({ start: z.number(), count: z.number(), levels: z.record(z.string(), z.number()) })),
  source: Source,
});
const Facet = z.array(z.object({ value: z.string(), count: z.number() }));
const Facets = z.object({
  from: z.number(),
  to: z.number(),
  level: Facet,
  service: Facet,
  environment: Facet,
  template: Facet,
  source: Source,
});
const Pattern = z.object({
  fingerprint: z.string(),
  template: z.string(),
  serviceName: z.string(),
  level: z.string(),
  count: z.number(),
  firstSeenAt: z.number(),
  lastSeenAt: z.number(),
});
const Patterns = z.object({ patterns: z.array(Pattern), exact: z.boolean() });
const Stats = z.object({
  from: z.number(),
  to: z.number(),
  events: z.number(),
  bytes: z.number(),
  errors: z.number(),
  errorRate: z.number(),
  topServices: z.array(z.object({ service: z.string(), events: z.number(), errors: z.number() })),
  topPatterns: z.array(Pattern),
  exact: z.boolean(),
});

interface Range {
  from: number;
  to: number;
}
const within = (logs: readonly SampleLog[], { from, to }: Range) => logs.filter((log) => log.at >= from && log.at < to);
const isError = (log: SampleLog) => log.level === "ERROR" || log.level === "FATAL";

/** Counts by a key, the most frequent first, then by name. */
function counted(keys: readonly string[]): { value: string; count: number }[] {
  const counts = [...new Set(keys)].map((value) => ({ value, count: keys.filter((key) => key === value).length }));
  return counts.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

describe.each(PLACES)("of logs $name", ({ place }) => {
  let sample: Sample;
  /** What each log was grouped as: by its event's id. */
  let grouped: Map<string, { template: string; fingerprint: string }>;
  /** A range that cuts minutes and segments. */
  let part: Range;
  beforeAll(async () => {
    sample = await sampleOf(place, 3);
    part = { from: sample.from + 31 * MINUTE_MS + 1_234, to: sample.from + 95 * MINUTE_MS + 777 };
    const logs = await storedLogs(sample.tenant, rangeQuery(sample));
    expect(logs).toHaveLength(sample.logs.length);
    grouped = new Map(
      logs.map((log) => [log.eventId, { template: log.messageTemplate, fingerprint: log.fingerprint }]),
    );
  });

  const templateOf = (log: SampleLog) => grouped.get(log.eventId)?.template ?? "";
  const fingerprintOf = (log: SampleLog) => grouped.get(log.eventId)?.fingerprint ?? "";

  const histograms: { more: Record<string, string>; counts: (log: SampleLog) => boolean; rollups: boolean }[] = [
    { more: {}, counts: () => true, rollups: true },
    { more: { bucketMs: "60000" }, counts: () => true, rollups: true },
    { more: { bucketMs: "3600000" }, counts: () => true, rollups: true },
    { more: { bucketMs: "604800000" }, counts: () => true, rollups: true },
    { more: { bucketMs: "90000" }, counts: () => true, rollups: false },
    { more: { bucketMs: "7000" }, counts: () => true, rollups: false },
    { more: { level: "error,fatal" }, counts: isError, rollups: true },
    {
      more: { service: "payment,search", environment: "staging", bucketMs: "300000" },
      counts: (log) => ["payment", "search"].includes(log.service) && log.environment === "staging",
      rollups: true,
    },
    { more: { service: "nobody" }, counts: () => false, rollups: true },
    { more: { q: "declined" }, counts: (log) => log.message.includes("declined"), rollups: false },
    {
      more: { q: "level:error", service: "payment", bucketMs: "600000" },
      counts: (log) => log.level === "ERROR" && log.service === "payment",
      rollups: false,
    },
    { more: { q: "absent" }, counts: () => false, rollups: false },
  ];
  describe.each([{ name: "all" }, { name: "a part" }])("a histogram of $name of the range", ({ name }) => {
    test.each(histograms)("$more counts as a naive count, in whole buckets", async ({ more, counts, rollups }) => {
      const range = name === "all" ? sample : part;
      const answer = await ask(sample.tenant, Histogram, `/api/v1/logs/histogram?${rangeQuery(range, more)}`);
      const { from, to, bucketMs, buckets } = answer;
      expect(answer.source).toEqual({ from: rollups ? "rollups" : "logs", exact: true });
      expect(bucketMs).toBe(Number(more.bucketMs ?? bucketMs));
      expect([from % bucketMs, to % bucketMs]).toEqual([0, 0]);
      expect(from <= range.from && from > range.from - bucketMs && to >= range.to && to < range.to + bucketMs).toBe(
        true,
      );
      expect(buckets.map(({ start }) => start)).toEqual(buckets.map((_, index) => from + index * bucketMs));
      expect(buckets).toHaveLength((to - from) / bucketMs);
      if (more.bucketMs === undefined) expect(buckets.length).toBeLessThanOrEqual(62);
      for (const { start, count, levels } of buckets) {
        const inside = within(sample.logs, { from: start, to: start + bucketMs }).filter(counts);
        expect(count).toBe(inside.length);
        expect(levels).toEqual(
          Object.fromEntries(counted(inside.map((log) => log.level)).map((c) => [c.value, c.count])),
        );
      }
    });
  });

  const selections: { more: Record<string, string>; counts: (log: SampleLog) => boolean }[] = [
    { more: {}, counts: () => true },
    { more: { q: "declined -level:info" }, counts: (log) => log.message.includes("declined") && log.level !== "INFO" },
    { more: { service: "payment" }, counts: (log) => log.service === "payment" },
    {
      more: { level: "error", environment: "staging" },
      counts: (log) => log.level === "ERROR" && log.environment === "staging",
    },
    { more: { q: "absent" }, counts: () => false },
  ];
  describe.each([{ name: "all" }, { name: "a part" }])("facets of $name of the range", ({ name }) => {
    test.each(selections)("$more count as a naive count of the range that they name", async ({ more, counts }) => {
      const range = name === "all" ? sample : part;
      const facets = await ask(sample.tenant, Facets, `/api/v1/logs/facets?${rangeQuery(range, more)}`);
      const rollups = Object.keys(more).length === 0;
      expect(facets.source).toEqual({ from: rollups ? "rollups" : "logs", exact: true });
      // Rollups count by the minute.
      const step = rollups ? MINUTE_MS : 1;
      expect(facets.from).toBe(Math.floor(range.from / step) * step);
      expect(facets.to).toBe(Math.ceil(range.to / step) * step);
      const logs = within(sample.logs, facets).filter(counts);
      expect(facets).toMatchObject({
        level: counted(logs.map((log) => log.level)),
        service: counted(logs.map((log) => log.service)),
        environment: counted(logs.map((log) => log.environment)),
        template: counted(logs.map(templateOf)),
      });
    });
  });

  function naivePatterns(range: Range): z.infer<typeof Pattern>[] {
    const logs = within(sample.logs, range);
    return counted(logs.map(fingerprintOf)).map(({ value, count }) => {
      const own = logs.filter((log) => fingerprintOf(log) === value);
      const times = own.map((log) => log.at);
      const [first] = own;
      return {
        fingerprint: value,
        template: first === undefined ? "" : templateOf(first),
        serviceName: first?.service ?? "",
        level: LEVELS.findLast((level) => own.some((log) => log.level === level)) ?? "",
        count,
        firstSeenAt: Math.min(...times),
        lastSeenAt: Math.max(...times),
      };
    });
  }

  test("patterns count as a naive count, the most frequent first", async () => {
    const answer = await ask(sample.tenant, Patterns, `/api/v1/patterns?${rangeQuery(sample)}`);
    const expected = naivePatterns(sample);
    expect(expected.length).toBeGreaterThanOrEqual(25);
    expect(answer.exact).toBe(true);
    expect(answer.patterns.map(({ firstSeenAt, ...pattern }) => pattern)).toEqual(
      expected.map(({ firstSeenAt, ...pattern }) => pattern),
    );
    for (const [index, { firstSeenAt }] of expected.entries()) {
      expect(answer.patterns[index]?.firstSeenAt).toBe(firstSeenAt);
    }
  });

  test("patterns of a part of the range count what lies in it; they were first seen whenever they were", async () => {
    const answer = await ask(sample.tenant, Patterns, `/api/v1/patterns?${rangeQuery(part)}`);
    const expected = naivePatterns(part);
    expect(answer.patterns.map(({ firstSeenAt, ...pattern }) => pattern)).toEqual(
      expected.map(({ firstSeenAt, ...pattern }) => pattern),
    );
    for (const [index, { firstSeenAt }] of expected.entries()) {
      expect(answer.patterns[index]?.firstSeenAt).toBeLessThanOrEqual(firstSeenAt);
    }
  });

  test("patterns come as many as are asked for", async () => {
    const query = rangeQuery(sample, { limit: "3" });
    const { patterns } = await ask(sample.tenant, Patterns, `/api/v1/patterns?${query}`);
    expect(patterns.map(({ fingerprint }) => fingerprint)).toEqual(
      naivePatterns(sample)
        .slice(0, 3)
        .map(({ fingerprint }) => fingerprint),
    );
  });

  test.each([{ name: "all" }, { name: "a part" }])(
    "stats of $name of the range: of whole minutes",
    async ({ name }) => {
      const range = name === "all" ? sample : part;
      const stats = await ask(sample.tenant, Stats, `/api/v1/stats?${rangeQuery(range)}`);
      expect(stats.from).toBe(Math.floor(range.from / MINUTE_MS) * MINUTE_MS);
      expect(stats.to).toBe(Math.ceil(range.to / MINUTE_MS) * MINUTE_MS);
      const logs = within(sample.logs, stats);
      const errors = logs.filter(isError);
      const bytes = logs.map(
        ({ message, trace = "", attributes }) =>
          message.length + trace.length + (attributes === undefined ? 0 : JSON.stringify(attributes).length),
      );
      expect(stats).toMatchObject({
        events: logs.length,
        bytes: bytes.reduce((sum, size) => sum + size, 0),
        errors: errors.length,
        errorRate: errors.length / logs.length,
        topServices: counted(logs.map((log) => log.service)).map(({ value, count }) => ({
          service: value,
          events: count,
          errors: errors.filter((log) => log.service === value).length,
        })),
        exact: true,
      });
      expect(stats.topPatterns.map(({ fingerprint, count }) => [fingerprint, count])).toEqual(
        naivePatterns(stats)
          .slice(0, 10)
          .map(({ fingerprint, count }) => [fingerprint, count]),
      );
    },
  );
});

describe("of a range without logs", () => {
  test("all is zero, and no error", async () => {
    const tenant = await createTenant();
    const range = { from: Date.now() - 10 * MINUTE_MS, to: Date.now() };
    const histogram = await ask(tenant, Histogram, `/api/v1/logs/histogram?${rangeQuery(range)}`);
    expect(histogram.buckets.length).toBeGreaterThan(5);
    expect(histogram.buckets.every(({ count }) => count === 0)).toBe(true);
    const facets = await ask(tenant, Facets, `/api/v1/logs/facets?${rangeQuery(range)}`);
    expect(facets).toMatchObject({ level: [], service: [], environment: [], template: [] });
    const patterns = await ask(tenant, Patterns, `/api/v1/patterns?${rangeQuery(range)}`);
    expect(patterns).toEqual({ patterns: [], exact: true });
    const stats = await ask(tenant, Stats, `/api/v1/stats?${rangeQuery(range)}`);
    expect(stats).toMatchObject({ events: 0, bytes: 0, errors: 0, errorRate: 0, topServices: [], topPatterns: [] });
  });
});
