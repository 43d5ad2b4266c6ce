/**
 * Cloudflare's list prices of Workers Paid beyond what the plan includes, in USD each (pricing pages of November 2026).
 * What is billed in queues is a started 64 KB.
 */
export const PRICES = {
  requests: 0.3e-6,
  cpuMs: 0.02e-6,
  queueOperations: 0.4e-6,
  durableObjectRequests: 0.15e-6,
  sqliteRowsRead: 0.001e-6,
  sqliteRowsWritten: 1e-6,
  d1RowsRead: 0.001e-6,
  d1RowsWritten: 1e-6,
  r2ClassA: 4.5e-6,
  r2ClassB: 0.36e-6,
  analyticsPoints: 0.25e-6,
  r2GbMonths: 0.015,
} as const;

/** What Cloudflare bills, by the name of its unit. */
export type Unit = keyof typeof PRICES;

/** Operations as bench/worker/meter.ts counts them: all but time and space. */
export const OPERATIONS = [
  "requests",
  "queueOperations",
  "durableObjectRequests",
  "sqliteRowsRead",
  "sqliteRowsWritten",
  "d1RowsRead",
  "d1RowsWritten",
  "r2ClassA",
  "r2ClassB",
  "analyticsPoints",
] as const satisfies readonly Unit[];

/** All that is billed. */
export const UNITS = [...OPERATIONS, "cpuMs", "r2GbMonths"] as const satisfies readonly Unit[];

export type Operations = Record<(typeof OPERATIONS)[number], number>;

export interface CostRow {
  operation: string;
  count: number;
  perGb: number;
  dollarsPerGb: number;
}

/** Counted operations × list prices, per GB (10^9 bytes) of raw logs. */
export function costTable(operations: Operations, rawBytes: number): { rows: CostRow[]; dollarsPerGb: number } {
  const gigabytes = rawBytes / 1e9;
  const rows = OPERATIONS.map((operation) => ({
    operation,
    count: operations[operation],
    perGb: operations[operation] / gigabytes,
    dollarsPerGb: (operations[operation] * PRICES[operation]) / gigabytes,
  }));
  return { rows, dollarsPerGb: rows.reduce((sum, row) => sum + row.dollarsPerGb, 0) };
}
