import { execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import * as z from "zod";
import { startSystem } from "../cli/local/system.ts";
import { createTenant } from "../cli/tenant/statements.ts";
import { executeD1, projectRoot } from "../cli/wrangler.ts";
import { createApiKey } from "../core/auth/api-key.ts";
import { CPU_PRICE_PER_MS, costTable, type Operations } from "./cost.ts";
import { measureLatency } from "./latency.ts";
import { type LoadResult, load } from "./load.ts";
import { formatReport } from "./report.ts";
import { countStored, type StoredCount } from "./stored.ts";
import { makeTraffic } from "./traffic.ts";

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
  stored: z.number(),
  windowDeliveries: z.number(),
});

/** Distinct events that a run sends over and over. */
const POOL = 20_000;

/** How long the pipeline gets to store what it has accepted. */
const DRAIN_SECONDS = 120;

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

/** A fresh system with one tenant, and the key of it. */
async function startFresh(entry: string) {
  const persistTo = mkdtempSync(join(tmpdir(), "log0-bench-"));
  const key = createApiKey(new Uint8Array(randomBytes(32)));
  const tenantId = randomUUID();
  await executeD1(
    createTenant({
      id: tenantId,
      name: "bench",
      plan: "team",
      adminEmail: "bench@log0.test",
      shards: 1,
      ownerId: randomUUID(),
      keyId: randomUUID(),
      key,
      now: Date.now(),
    }),
    { remote: false, persistTo },
  );
  const system = await startSystem({
    port: 0,
    persistTo,
    entry,
    direct: true,
    vars: { SLACK_BOT_TOKEN: "" },
    log: (line) => process.env.BENCH_LOG !== undefined && process.stderr.write(`${line}\n`),
  });
  const url = system.directUrl ?? system.url;
  const stop = async (): Promise<void> => {
    await system.stop();
    rmSync(persistTo, { recursive: true, force: true });
  };
  return { system, url, key: key.key, tenantId, stop };
}

/** CPU time that workerd processes have used, in ms. */
function workerdCpuMs(): number {
  const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const pids = execFileSync("pgrep", ["-x", "workerd"], { encoding: "utf8" }).trim().split("\n");
  let used = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    used += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return (used / ticks) * 1000;
}

async function counters(url: string): Promise<z.infer<typeof Counters>> {
  return Counters.parse(await (await fetch(`${url}/__bench/counters`)).json());
}

function difference(after: z.infer<typeof Counters>, before: z.infer<typeof Counters>): Operations {
  const operations: Record<string, number> = {};
  for (const [name, value] of Object.entries(after)) operations[name] = value - Number(Reflect.get(before, name));
  return Counters.parse(operations);
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
  const { system, url, key, tenantId, stop } = await startFresh("bench/worker/index.ts");
  const target = { url: `${url}/api/v1/logs`, apiKey: key };
  const traffic = makeTraffic(eventsPerRequest, POOL, Date.now());
  const warmUp = await load(target, traffic, { seconds: 3, connections });
  await allStored(url, warmUp.accepted);
  const before = await counters(url);
  const cpuBefore = workerdCpuMs();
  const begun = performance.now();
  const result = await load(target, traffic, { seconds, connections });
  await allStored(url, warmUp.accepted + result.accepted);
  const seconds_ = (performance.now() - begun) / 1000;
  const cpuMs = workerdCpuMs() - cpuBefore;
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
    cpuDollarsPerGb: (cpuMs * CPU_PRICE_PER_MS) / (rawBytes / 1e9),
  };
}

/** Waits until the stores hold as much as was accepted. */
async function allStored(url: string, accepted: number): Promise<void> {
  const until = performance.now() + DRAIN_SECONDS * 1000;
  for (;;) {
    const { stored } = await counters(url);
    if (stored >= accepted) return;
    if (performance.now() > until) throw new Error(`only ${stored} of ${accepted} events are stored`);
    await sleep(100);
  }
}

const program = new Command("bench")
  .option("--seconds <n>", "seconds of load a size", "60")
  .option("--sizes <list>", "events a request", "1,100,1000")
  .option("--no-latency", "leave out the time to the alert")
  .option("--json", "print JSON only");
program.parse();
const Options = z.object({
  seconds: z.coerce.number().min(1).max(600),
  sizes: z.string(),
  latency: z.boolean(),
  json: z.boolean().default(false),
});
const options = Options.parse(program.opts());

const results: ThroughputResult[] = [];
for (const size of options.sizes.split(",").map(Number)) results.push(await measureThroughput(size, options.seconds));
const latency = options.latency ? await measureLatency(30) : undefined;
const report = { at: new Date().toISOString(), seconds: options.seconds, throughput: results, latency };
const text = formatReport(results, latency);
mkdirSync(join(projectRoot, "bench/results"), { recursive: true });
writeFileSync(join(projectRoot, "bench/results/pipeline.json"), `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(join(projectRoot, "bench/results/pipeline.md"), text);
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : text);
