/** Operations as bench/worker/meter.ts counts them. */
export interface Operations {
  requests: number;
  queueOperations: number;
  durableObjectRequests: number;
  sqliteRowsRead: number;
  sqliteRowsWritten: number;
  d1RowsRead: number;
  d1RowsWritten: number;
  r2ClassA: number;
  r2ClassB: number;
  analyticsPoints: number;
}

/** Cloudflare's list prices beyond what the plan includes, in $ per operation (PLATFORM pages of November 2026). */
export const PRICES: Readonly<Record<keyof Operations, number>> = {
  requests: 0.3e-6,
  queueOperations: 0.4e-6,
  durableObjectRequests: 0.15e-6,
  sqliteRowsRead: 0.001e-6,
  sqliteRowsWritten: 1e-6,
  d1RowsRead: 0.001e-6,
  d1RowsWritten: 1e-6,
  r2ClassA: 4.5e-6,
  r2ClassB: 0.36e-6,
  analyticsPoints: 0.25e-6,
};

/** $ of CPU: $0.02 per million CPU-ms. Not an operation, so it is shown beside them. */
export const CPU_PRICE_PER_MS = 0.02e-6;

export interface CostRow {
  operation: string;
  count: number;
  perGb: number;
  dollarsPerGb: number;
}

const KEYS = [
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
] as const satisfies readonly (keyof Operations)[];

/** Counted operations × list prices, per GB (10^9 bytes) of raw logs. */
export function costTable(operations: Operations, rawBytes: number): { rows: CostRow[]; dollarsPerGb: number } {
  const gigabytes = rawBytes / 1e9;
  const rows = KEYS.map((operation) => ({
    operation,
    count: operations[operation],
    perGb: operations[operation] / gigabytes,
    dollarsPerGb: (operations[operation] * PRICES[operation]) / gigabytes,
  }));
  return { rows, dollarsPerGb: rows.reduce((sum, row) => sum + row.dollarsPerGb, 0) };
}
