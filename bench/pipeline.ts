import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { Command } from "commander";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import * as z from "zod";
import { projectRoot } from "../cli/wrangler.ts";
import { costTable, PRICES } from "../core/usage/prices.ts";
import { allStored, counters, difference } from "./counters.ts";
import { workerdCpuMs } from "./cpu.ts";
import { startFresh } from "./fresh.ts";
import { measureLatency } from "./latency.ts";
import { type LoadResult, load } from "./load.ts";
import { formatReport } from "./report.ts";
import { countStored, type StoredCount } from "./stored.ts";
import { makeTraffic } from "./traffic.ts";
import { measureTrickle } from "./trickle.ts";

/** Distinct events that a run sends over and over. */
const POOL = 20_000;

export interface ThroughputResult {
  eventsPerRequest: number;
  bytesPerEvent: number;
  load: LoadResult;
  floor: LoadResult;
  acceptedPerSecond: number;
  storedPerSecond: number;
  /** Accepted, as a part of what the floor accepts. */
  ratioToFloor: number;
  cpuMsPerThousand: number;
  stored: StoredCount;
  exactlyOnce: boolean;
  windowDeliveries: number;
  cost: ReturnType<typeof costTable>;
  cpuDollarsPerGb: number;
}

/** The same requests against a Worker that only parses the JSON, in the same kind of workerd. */
async function measureFloor(eventsPerRequest: number, seconds: number, connections: number): Promise<LoadResult> {
  const source = readFileSync(join(projectRoot, "bench/worker/floor.ts"), "utf8");
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          name: "floor",
          modules: [{ type: "ESModule", path: "index.js", contents: stripTypeScriptTypes(source) }],
          compatibilityDate: "2026-10-01",
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
    }),
  );
  await miniflare.ready;
  const target = { url: (await miniflare.unsafeGetDirectURL("floor")).href, apiKey: "l0_none" };
  const traffic = makeTraffic(eventsPerRequest, POOL, Date.now());
  await load(target, traffic, { seconds: 2, connections });
  const result = await load(target, traffic, { seconds, connections });
  await miniflare.dispose();
  return result;
}

async function measureThroughput(eventsPerRequest: number, seconds: number): Promise<ThroughputResult> {
  const connections = eventsPerRequest === 1 ? 128 : eventsPerRequest === 100 ? 32 : 8;
  const floor = await measureFloor(eventsPerRequest, Math.min(10, seconds), connections);
  const { system, url, apiKey, tenantId, stop } = await startFresh("bench/worker/index.ts", { SLACK_BOT_TOKEN: "" });
  const target = { url: `${url}/api/v1/logs`, apiKey };
  const traffic = makeTraffic(eventsPerRequest, POOL, Date.now());
  const warmUp = await load(target, traffic, { seconds: 3, connections });
  await allStored(url, warmUp.accepted);
  const before = await counters(url);
  const cpuBefore = workerdCpuMs();
  const begun = performance.now();
  const result = await load(target, traffic, { seconds, connections });
  await allStored(url, warmUp.accepted + result.accepted);
  const seconds_ = (performance.now() - begun) / 1000;
  const cpuMs = (workerdCpuMs() ?? Number.NaN) - (cpuBefore ?? 0);
  const after = await counters(url);
  const stored = await countStored(system.miniflare, url, tenantId);
  await stop();
  const rawBytes = result.accepted * traffic.bytesPerEvent;
  return {
    eventsPerRequest,
    bytesPerEvent: traffic.bytesPerEvent,
    load: result,
    floor,
    acceptedPerSecond: result.accepted / result.seconds,
    storedPerSecond: result.accepted / seconds_,
    ratioToFloor: result.accepted / result.seconds / (floor.accepted / floor.seconds),
    cpuMsPerThousand: cpuMs / (result.accepted / 1000),
    stored,
    exactlyOnce: stored.double === 0 && stored.events === warmUp.accepted + result.accepted,
    windowDeliveries: after.windowDeliveries - before.windowDeliveries,
    cost: costTable(difference(after, before), rawBytes),
    cpuDollarsPerGb: (cpuMs * PRICES.cpuMs) / (rawBytes / 1e9),
  };
}

const program = new Command("bench")
  .option("--seconds <n>", "seconds of load a size", "60")
  .option("--sizes <list>", "events a request", "1,100,1000")
  .option("--no-latency", "leave out the time to the alert")
  .option("--no-trickle", "leave out the cost of one line a second")
  .option("--json", "print JSON only");
program.parse();
const Options = z.object({
  seconds: z.coerce.number().min(1).max(600),
  sizes: z.string(),
  latency: z.boolean(),
  trickle: z.boolean(),
  json: z.boolean().default(false),
});
const options = Options.parse(program.opts());

const results: ThroughputResult[] = [];
for (const size of options.sizes.split(",").map(Number)) results.push(await measureThroughput(size, options.seconds));
const latency = options.latency ? await measureLatency(40) : undefined;
const trickle = options.trickle ? await measureTrickle(60) : undefined;
const report = { at: new Date().toISOString(), seconds: options.seconds, throughput: results, latency, trickle };
const text = formatReport(results, latency, trickle);
mkdirSync(join(projectRoot, "bench/results"), { recursive: true });
writeFileSync(join(projectRoot, "bench/results/pipeline.json"), `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(join(projectRoot, "bench/results/pipeline.md"), text);
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : text);
