import { setTimeout as sleep } from "node:timers/promises";
import { costTable } from "../core/usage/prices.ts";
import { allStored, counters, difference } from "./counters.ts";
import { startFresh } from "./fresh.ts";
import { makeTraffic } from "./traffic.ts";

export interface TrickleResult {
  lines: number;
  /** Operations × list prices for one line a second, over a month of 30 days. */
  dollarsPerMonth: number;
  /** The same for a million requests of one line, each alone. */
  dollarsPerMillionRequests: number;
}

const MONTH_SECONDS = 30 * 24 * 60 * 60;

/** The dearest way to log: one line a second, each a request, with nobody to share a queue message with. */
export async function measureTrickle(lines: number): Promise<TrickleResult> {
  const fresh = await startFresh("bench/worker/index.ts", { SLACK_BOT_TOKEN: "" });
  const traffic = makeTraffic(1, lines, Date.now());
  const before = await counters(fresh.url);
  for (const body of traffic.bodies) {
    const headers = { "content-type": "application/json", "x-api-key": fresh.apiKey };
    const answer = await fetch(`${fresh.url}/api/v1/logs`, { method: "POST", headers, body });
    if (answer.status !== 202) throw new Error(`ingest answers ${answer.status}`);
    // The rate is what is measured: batches and drains see one line at a time.
    await sleep(1_000);
  }
  await allStored(fresh.url, lines);
  const after = await counters(fresh.url);
  await fresh.stop();
  const { dollarsPerGb } = costTable(difference(after, before), 1e9);
  return {
    lines,
    dollarsPerMonth: (dollarsPerGb / lines) * MONTH_SECONDS,
    dollarsPerMillionRequests: (dollarsPerGb / lines) * 1e6,
  };
}
