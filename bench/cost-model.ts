import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../cli/wrangler.ts";
import { storeCalls } from "../core/usage/cost.ts";
import { allStored, type Counters, counters, difference } from "./counters.ts";
import { workerdCpuMs } from "./cpu.ts";
import { fitRates, type Sample } from "./fit.ts";
import { startFresh } from "./fresh.ts";
import { load } from "./load.ts";
import { makeTraffic } from "./traffic.ts";

/** Lines of the case that shares nothing: one a second, for a little more than usage waits to be written. */
const LONE_LINES = 90;

interface Case {
  name: string;
  eventsPerRequest: number;
  /** Connections at once, for so many seconds; lone lines without. */
  load?: { connections: number; seconds: number };
}

/** Incidents cost by the incident and not by the log: with this threshold none opens. */
const SETTINGS = JSON.stringify({ threshold: 1_000_000 });

/** Before it counts, a case lets the store meet all patterns. */
const WARM_UP = { connections: 8, seconds: 5 };

/** The system is at rest when nothing was counted for so long. */
const QUIET_MS = 4_000;

/** From what shares nothing to what fills every message. */
const CASES: readonly Case[] = [
  { name: "one line a second, each alone", eventsPerRequest: 1 },
  { name: "requests of one line, together", eventsPerRequest: 1, load: { connections: 64, seconds: 20 } },
  { name: "requests of 100 lines", eventsPerRequest: 100, load: { connections: 16, seconds: 20 } },
  { name: "requests of 1,000 lines", eventsPerRequest: 1_000, load: { connections: 8, seconds: 20 } },
];

async function sendAlone(url: string, apiKey: string, bodies: readonly string[]): Promise<number> {
  const headers = { "content-type": "application/json", "x-api-key": apiKey };
  for (const body of bodies) {
    const answer = await fetch(`${url}/api/v1/logs`, { method: "POST", headers, body });
    if (answer.status !== 202) throw new Error(`ingest answers ${answer.status}`);
    await sleep(1_000);
  }
  return bodies.length;
}

/** Waits until drains and flushes are done. */
async function atRest(url: string): Promise<Counters> {
  for (let before = await counters(url); ; ) {
    await sleep(QUIET_MS);
    const after = await counters(url);
    if (JSON.stringify(after) === JSON.stringify(before)) return after;
    before = after;
  }
}

/** Counts what Cloudflare would bill for a case, beside what usage counts of it. */
async function measure({ name, eventsPerRequest, load: how }: Case): Promise<Sample> {
  const { system, url, apiKey, stop } = await startFresh("bench/worker/index.ts", { SLACK_BOT_TOKEN: "" });
  await (await system.miniflare.getD1Database("DB")).prepare("UPDATE tenants SET settings = ?").bind(SETTINGS).run();
  const target = { url: `${url}/api/v1/logs`, apiKey };
  const warmUp = await load(target, makeTraffic(100, 20_000, Date.now()), WARM_UP);
  await allStored(url, warmUp.accepted);
  const before = await atRest(url);
  const traffic = makeTraffic(eventsPerRequest, how === undefined ? LONE_LINES : 20_000, Date.now());
  const begun = performance.now();
  const cpuBefore = workerdCpuMs();
  const accepted =
    how === undefined ? await sendAlone(url, apiKey, traffic.bodies) : (await load(target, traffic, how)).accepted;
  await allStored(url, warmUp.accepted + accepted);
  const seconds = (performance.now() - begun) / 1_000;
  const after = await atRest(url);
  const cpuMs = (workerdCpuMs() ?? Number.NaN) - (cpuBefore ?? 0);
  await stop();
  const counted = difference(after, before);
  const chunks = after.chunks - before.chunks;
  return {
    name,
    usage: {
      requests: counted.requests,
      chunks,
      calls: storeCalls(chunks, seconds),
      bytes: after.bytes - before.bytes,
    },
    appends: after.appends - before.appends,
    units: { ...counted, cpuMs },
  };
}

const samples: Sample[] = [];
for (const one of CASES) samples.push(await measure(one));
const text = `${JSON.stringify({ at: new Date().toISOString(), samples, rates: fitRates(samples) }, null, 2)}\n`;
mkdirSync(join(projectRoot, "bench/results"), { recursive: true });
writeFileSync(join(projectRoot, "bench/results/cost-model.json"), text);
process.stdout.write(text);
