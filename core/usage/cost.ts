import type { UsageDay } from "./counter.ts";
import { PRICES, UNITS, type Unit } from "./prices.ts";
import { RATES } from "./rates.ts";

/** What costs follow from. Calls are those of the store: chunks that come within a second share one. */
export const DRIVERS = ["requests", "chunks", "calls", "bytes"] as const;
export type Drivers = Record<(typeof DRIVERS)[number], number>;

/** All but space, which is known. */
export type MeasuredUnit = Exclude<Unit, "r2GbMonths">;

/** Units that one request, chunk, call and byte cause. */
export type Rates = Record<MeasuredUnit, Drivers>;

/** Consumers of the log queues take so many messages at once, or what has come in a second (wrangler.toml). */
const BATCH_MESSAGES = 25;

/** Calls of a store that so many chunks make at most within a time. */
export function storeCalls(chunks: number, seconds: number): number {
  return Math.min(chunks, seconds + chunks / BATCH_MESSAGES);
}

const DAY_SECONDS = 86_400;

/** Of what the units of Cloudflare's bill a period's usage makes, one. */
export interface CostLine {
  unit: Unit;
  /** Units; a fraction where a part of one is meant. */
  count: number;
  /** USD a unit. */
  price: number;
  usd: number;
}

interface Cost {
  lines: CostLine[];
  usd: number;
}

export interface CostEstimate extends Cost {
  currency: "USD";
  /** Each source's part; together they are the whole. */
  sources: (Cost & { sourceId: string })[];
}

/** What a source's days drive. A day's calls of the store are shared out by the chunks that made them. */
function driversBySource(days: readonly UsageDay[]): Map<string, Drivers> {
  const chunksOf = new Map<string, number>();
  for (const { day, chunks } of days) chunksOf.set(day, (chunksOf.get(day) ?? 0) + chunks);
  const sources = new Map<string, Drivers>();
  for (const { day, sourceId, requests, chunks, bytes } of days) {
    const drivers = sources.get(sourceId) ?? { requests: 0, chunks: 0, calls: 0, bytes: 0 };
    const ofDay = chunksOf.get(day) ?? 0;
    drivers.requests += requests;
    drivers.chunks += chunks;
    drivers.calls += ofDay === 0 ? 0 : (storeCalls(ofDay, DAY_SECONDS) * chunks) / ofDay;
    drivers.bytes += bytes;
    sources.set(sourceId, drivers);
  }
  return sources;
}

/** Units that drivers cause, by the measured rates. */
export function unitsOf(drivers: Drivers, unit: MeasuredUnit): number {
  return DRIVERS.reduce((sum, driver) => sum + drivers[driver] * RATES[unit][driver], 0);
}

function costOf(drivers: Drivers, gbMonths: number): Cost {
  const lines = UNITS.map((unit) => {
    const count = unit === "r2GbMonths" ? gbMonths : unitsOf(drivers, unit);
    return { unit, count, price: PRICES[unit], usd: count * PRICES[unit] };
  });
  return { lines, usd: lines.reduce((sum, { usd }) => sum + usd, 0) };
}

/**
 * What storing logs cost, in Cloudflare's units: an estimate from what was counted of them.
 * @param days of a tenant, per day and source
 * @param gbMonths of R2, shared out by bytes
 */
export function estimateCost(days: readonly UsageDay[], gbMonths: number): CostEstimate {
  const sources = driversBySource(days);
  const all = { requests: 0, chunks: 0, calls: 0, bytes: 0 };
  for (const drivers of sources.values()) for (const driver of DRIVERS) all[driver] += drivers[driver];
  return {
    currency: "USD",
    ...costOf(all, gbMonths),
    sources: [...sources].map(([sourceId, drivers]) => ({
      sourceId,
      ...costOf(drivers, all.bytes === 0 ? 0 : (gbMonths * drivers.bytes) / all.bytes),
    })),
  };
}
