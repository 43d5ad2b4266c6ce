import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Operations } from "../core/usage/prices.ts";

/** What bench/worker/meter.ts counts. */
const Counters = z.object({
  requests: z.number(),
  queueOperations: z.number(),
  durableObjectRequests: z.number(),
  sqliteRowsRead: z.number(),
  sqliteRowsWritten: z.number(),
  d1RowsRead: z.number(),
  d1RowsWritten: z.number(),
  r2ClassA: z.number(),
  r2ClassB: z.number(),
  analyticsPoints: z.number(),
  stored: z.number(),
  chunks: z.number(),
  bytes: z.number(),
  appends: z.number(),
  windowDeliveries: z.number(),
});
export type Counters = z.infer<typeof Counters>;

/** How long the pipeline gets to store what it has accepted. */
const DRAIN_SECONDS = 120;

export async function counters(url: string): Promise<Counters> {
  return Counters.parse(await (await fetch(`${url}/__bench/counters`)).json());
}

/** What was done between two readings. */
export function difference(after: Counters, before: Counters): Operations {
  return {
    requests: after.requests - before.requests,
    queueOperations: after.queueOperations - before.queueOperations,
    durableObjectRequests: after.durableObjectRequests - before.durableObjectRequests,
    sqliteRowsRead: after.sqliteRowsRead - before.sqliteRowsRead,
    sqliteRowsWritten: after.sqliteRowsWritten - before.sqliteRowsWritten,
    d1RowsRead: after.d1RowsRead - before.d1RowsRead,
    d1RowsWritten: after.d1RowsWritten - before.d1RowsWritten,
    r2ClassA: after.r2ClassA - before.r2ClassA,
    r2ClassB: after.r2ClassB - before.r2ClassB,
    analyticsPoints: after.analyticsPoints - before.analyticsPoints,
  };
}

/** Waits until the stores hold as much as was accepted. */
export async function allStored(url: string, accepted: number): Promise<void> {
  const until = performance.now() + DRAIN_SECONDS * 1000;
  for (;;) {
    const { stored } = await counters(url);
    if (stored >= accepted) return;
    if (performance.now() > until) throw new Error(`only ${stored} of ${accepted} events are stored`);
    await sleep(100);
  }
}
