import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { projectRoot } from "../cli/wrangler.ts";
import { DRIVERS, unitsOf } from "../core/usage/cost.ts";
import { OPERATIONS, PRICES } from "../core/usage/prices.ts";
import { RATES } from "../core/usage/rates.ts";

const Drivers = z.object({ requests: z.number(), chunks: z.number(), calls: z.number(), bytes: z.number() });
const Results = z.object({
  samples: z.array(
    z.object({ name: z.string(), usage: Drivers, appends: z.number(), units: z.record(z.string(), z.number()) }),
  ),
  rates: z.record(z.string(), Drivers),
});

const results = Results.parse(JSON.parse(readFileSync(join(projectRoot, "bench/results/cost-model.json"), "utf8")));
const units = [...OPERATIONS, "cpuMs"] as const;

/** The model's sum is this near to what was counted. */
const FACTOR = 1.25;

describe("the model of costs", () => {
  test.each(units)("has the rates of the last measurement: %s", (unit) => {
    for (const driver of DRIVERS) {
      const measured = results.rates[unit]?.[driver] ?? Number.NaN;
      expect(Math.abs(RATES[unit][driver] - measured)).toBeLessThanOrEqual(measured * 0.01 + 1e-9);
    }
  });

  test.each(results.samples)("says what was counted, within its factor: $name", ({ usage, units: counted }) => {
    const sum = (of: (unit: (typeof units)[number]) => number) =>
      units.reduce((total, unit) => total + of(unit) * PRICES[unit], 0);
    const ratio = sum((unit) => unitsOf(usage, unit)) / sum((unit) => counted[unit] ?? Number.NaN);
    expect(ratio).toBeGreaterThan(1 / FACTOR);
    expect(ratio).toBeLessThan(FACTOR);
  });
});
