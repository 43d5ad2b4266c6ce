import type { Rates } from "./cost.ts";

/**
 * What a request, a chunk, a call of the store and a byte cause: least squares over four cases that bench/cost-model.ts
 * ran and metered at the bindings (bench/results/cost-model.json has the counts; bench/cost-model.test.ts holds the
 * rates to them). Logs of five services, 40 % WARN and worse, no incident open. CPU is that of local workerd.
 */
export const RATES: Rates = {
  requests: { requests: 1, chunks: 0, calls: 0, bytes: 0 },
  cpuMs: { requests: 0.292, chunks: 0, calls: 29.8, bytes: 0.000186 },
  queueOperations: { requests: 0, chunks: 3.16, calls: 8.02, bytes: 2.15e-5 },
  durableObjectRequests: { requests: 0, chunks: 0, calls: 3.07, bytes: 0 },
  sqliteRowsRead: { requests: 0, chunks: 0.379, calls: 0.416, bytes: 3.15e-6 },
  sqliteRowsWritten: { requests: 0, chunks: 0.888, calls: 7.04, bytes: 3.84e-7 },
  d1RowsRead: { requests: 0, chunks: 0, calls: 1.54e3, bytes: 0 },
  d1RowsWritten: { requests: 0.0216, chunks: 0, calls: 5.92, bytes: 7.93e-6 },
  r2ClassA: { requests: 0, chunks: 0, calls: 0.0511, bytes: 0 },
  r2ClassB: { requests: 0.444, chunks: 0, calls: 0, bytes: 0 },
  analyticsPoints: { requests: 0.0328, chunks: 0, calls: 1, bytes: 2.63e-6 },
};
