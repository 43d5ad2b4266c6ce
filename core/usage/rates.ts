import type { Rates } from "./cost.ts";

/**
 * What a request, a chunk, a call of the store and a byte cause: least squares over four cases that bench/cost-model.ts
 * ran and metered at the bindings (bench/results/cost-model.json has the counts; bench/cost-model.test.ts holds the
 * rates to them). Logs of five services, 40 % WARN and worse, no incident open. CPU is that of local workerd.
 */
export const RATES: Rates = {
  requests: { requests: 1, chunks: 0, calls: 0, bytes: 0 },
  cpuMs: { requests: 0, chunks: 8.66, calls: 2.35, bytes: 7.21e-5 },
  queueOperations: { requests: 0, chunks: 2.86, calls: 3.12, bytes: 1.78e-5 },
  durableObjectRequests: { requests: 0, chunks: 0, calls: 0.713, bytes: 4.37e-8 },
  sqliteRowsRead: { requests: 0, chunks: 0, calls: 1.29, bytes: 1.08e-6 },
  sqliteRowsWritten: { requests: 0, chunks: 0.82, calls: 3.21, bytes: 5.15e-7 },
  d1RowsRead: { requests: 0, chunks: 0, calls: 1.43, bytes: 2.52e-5 },
  d1RowsWritten: { requests: 0, chunks: 0.0168, calls: 0.00528, bytes: 4.89e-7 },
  r2ClassA: { requests: 0, chunks: 0.000956, calls: 0, bytes: 1.18e-7 },
  r2ClassB: { requests: 0, chunks: 0, calls: 0, bytes: 0 },
  analyticsPoints: { requests: 0, chunks: 0.837, calls: 0.168, bytes: 6.03e-7 },
};
