import { DRIVERS, type Drivers, type MeasuredUnit, type Rates } from "../core/usage/cost.ts";

/** What a case has used, and what it would be billed for. */
export interface Sample {
  name: string;
  usage: Drivers;
  /** Calls of the store, as counted: what `usage.calls` guesses from the chunks. */
  appends: number;
  units: Record<MeasuredUnit, number>;
}

/** Rounds of coordinate descent: far more than four unknowns need. */
const ROUNDS = 20_000;

/** What a unit can follow from: behind ingest nothing sees requests any more, only the chunks that they became. */
function causes(unit: MeasuredUnit, driver: (typeof DRIVERS)[number]): boolean {
  if (unit === "requests") return driver === "requests";
  return unit === "cpuMs" || driver !== "requests";
}

/** Least squares of the relative errors, no rate below zero: every case counts the same, however large it is. */
function fitUnit(samples: readonly Sample[], unit: MeasuredUnit): Drivers {
  const rows = samples
    .filter(({ units }) => units[unit] > 0)
    .map(({ usage, units }) => DRIVERS.map((driver) => usage[driver] / units[unit]));
  const rates = DRIVERS.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, driver] of DRIVERS.entries()) {
      if (!causes(unit, driver)) continue;
      let [up, down] = [0, 0];
      for (const row of rows) {
        const others = row.reduce((sum, value, index) => sum + (index === at ? 0 : value * (rates[index] ?? 0)), 0);
        up += (row[at] ?? 0) * (1 - others);
        down += (row[at] ?? 0) ** 2;
      }
      rates[at] = down === 0 ? 0 : Math.max(0, up / down);
    }
  }
  const [requests = 0, chunks = 0, calls = 0, bytes = 0] = rates;
  return { requests, chunks, calls, bytes };
}

/** What each unit costs of each driver, by the samples. */
export function fitRates(samples: readonly Sample[]): Rates {
  const of = (unit: MeasuredUnit) => fitUnit(samples, unit);
  return {
    requests: of("requests"),
    cpuMs: of("cpuMs"),
    queueOperations: of("queueOperations"),
    durableObjectRequests: of("durableObjectRequests"),
    sqliteRowsRead: of("sqliteRowsRead"),
    sqliteRowsWritten: of("sqliteRowsWritten"),
    d1RowsRead: of("d1RowsRead"),
    d1RowsWritten: of("d1RowsWritten"),
    r2ClassA: of("r2ClassA"),
    r2ClassB: of("r2ClassB"),
    analyticsPoints: of("analyticsPoints"),
  };
}
