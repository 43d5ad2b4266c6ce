import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { Command } from "commander";
import * as z from "zod";
import { projectRoot } from "../cli/wrangler.ts";
import { allStored } from "./counters.ts";
import { type FreshSystem, startFresh } from "./fresh.ts";
import { quantile } from "./load.ts";
import { formatStoreReport } from "./store-report.ts";
import { ABSENT_WORD, PHRASE, RARE_WORD, StoreTraffic } from "./store-traffic.ts";

/** Lines of one request, and requests under way at once. */
const REQUEST_LINES = 1_000;
const CONNECTIONS = 8;

/** Times that each query is asked. */
const REPEATS = 20;

const SearchAnswer = z.object({
  logs: z.array(z.object({ traceId: z.string().optional() })),
  read: z.object({ segments: z.number(), segmentsRead: z.number(), rowGroupsRead: z.number(), bytes: z.number() }),
  partial: z.boolean(),
});

export interface QueryResult {
  name: string;
  found: number;
  p50: number;
  p95: number;
  bytesRead: number;
  /** Of the stored bytes. */
  partRead: number;
  /** The same question put to the other tools, in ms. */
  zgrepMs: number | undefined;
  duckdbMs: number | undefined;
}

export interface StoreResult {
  lines: number;
  rawBytes: number;
  gzipBytes: number;
  segments: number;
  segmentBytes: number;
  mergedSegments: number;
  mergedBytes: number;
  /** Lines a second, from the first request until all is stored and in segments. */
  writePerSecond: number;
  mergeSeconds: number;
  /** Of the whole workerd process, MB. */
  peakMemoryMb: number;
  queries: QueryResult[];
}

async function write(fresh: FreshSystem, traffic: StoreTraffic, lines: number): Promise<number> {
  const begun = performance.now();
  const batches = traffic.batches(lines, REQUEST_LINES);
  const connection = async (): Promise<void> => {
    for (const batch of batches) {
      const answer = await fetch(`${fresh.url}/api/v1/logs`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson", "x-api-key": fresh.apiKey },
        body: batch,
      });
      if (answer.status !== 202) throw new Error(`ingest answers ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  await allStored(fresh.url, lines);
  return (performance.now() - begun) / 1000;
}

/** The same lines as NDJSON through `gzip -6`: what a user would keep without log0. */
async function gzipFile(traffic: StoreTraffic, lines: number, path: string): Promise<{ raw: number; gzip: number }> {
  const gzip = spawn("gzip", ["-6", "-c"], { stdio: ["pipe", "pipe", "inherit"] });
  const done = pipeline(gzip.stdout, createWriteStream(path));
  let raw = 0;
  const source = Readable.from(
    (function* () {
      for (const batch of traffic.batches(lines, REQUEST_LINES)) {
        raw += batch.length;
        yield batch;
      }
    })(),
  );
  await pipeline(source, gzip.stdin);
  await done;
  if (gzip.exitCode === null) await once(gzip, "exit");
  return { raw, gzip: statSync(path).size };
}

function peakMemoryMb(): number {
  const pids = execFileSync("pgrep", ["-x", "workerd"], { encoding: "utf8" }).trim().split("\n");
  const peaks = pids.map((pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0));
  return Math.max(...peaks) / 1024;
}

async function segmentTotals(fresh: FreshSystem): Promise<{ count: number; bytes: number }> {
  const db = await fresh.system.miniflare.getD1Database("DB");
  const row = await db.prepare("SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM segments").first();
  return z.object({ count: z.number(), bytes: z.number() }).parse(row);
}

async function until(done: () => Promise<boolean>, seconds: number, what: string): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`${what} takes longer than ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function copySegments(fresh: FreshSystem, directory: string): Promise<void> {
  const bucket = await fresh.system.miniflare.getR2Bucket("BUCKET");
  const db = await fresh.system.miniflare.getD1Database("DB");
  const { results } = await db.prepare("SELECT object_key FROM segments").all();
  for (const [index, row] of z
    .array(z.object({ object_key: z.string() }))
    .parse(results)
    .entries()) {
    const object = await bucket.get(row.object_key);
    if (object !== null) writeFileSync(join(directory, `${index}.parquet`), new Uint8Array(await object.arrayBuffer()));
  }
}

interface Question {
  name: string;
  /** Paths that are asked one after the other: a dashboard asks for the list and the chart. */
  paths: string[];
  /** For zgrep; none where it has no such question. */
  grep?: string;
  sql: string;
}

function questions(traceId: string, from: number, to: number): Question[] {
  const range = `from=${from}&to=${to}`;
  const contains = (text: string): string =>
    `SELECT count(*) FROM logs WHERE message ILIKE '%${text}%' OR trace ILIKE '%${text}%'`;
  const search = (q: string): string => `/api/v1/logs?limit=100&${range}&q=${encodeURIComponent(q)}`;
  return [
    {
      name: "last 100 of a service",
      paths: [`/api/v1/logs?limit=100&service=checkout&${range}`],
      grep: '"serviceName":"checkout"',
      sql: "SELECT message FROM logs WHERE service = 'checkout' ORDER BY timestamp DESC LIMIT 100",
    },
    {
      name: "level=ERROR over 24 h, with histogram",
      paths: [`/api/v1/logs?limit=100&level=ERROR&${range}`, `/api/v1/logs/histogram?level=ERROR&${range}`],
      grep: '"level":"ERROR"',
      sql: "SELECT date_trunc('minute', timestamp) AS t, count(*) FROM logs WHERE level = 'ERROR' GROUP BY t",
    },
    { name: "a two-word phrase", paths: [search(`"${PHRASE}"`)], grep: PHRASE, sql: contains(PHRASE) },
    { name: "a rare word (one line)", paths: [search(RARE_WORD)], grep: RARE_WORD, sql: contains(RARE_WORD) },
    { name: "an absent word", paths: [search(ABSENT_WORD)], grep: ABSENT_WORD, sql: contains(ABSENT_WORD) },
    {
      name: "a trace id",
      paths: [search(`trace_id:${traceId}`)],
      grep: traceId,
      sql: `SELECT message FROM logs WHERE trace_id = '${traceId}'`,
    },
  ];
}

async function ask(fresh: FreshSystem, question: Question, storedBytes: number): Promise<QueryResult> {
  const times: number[] = [];
  let bytesRead = 0;
  let found = 0;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const begun = performance.now();
    for (const [position, path] of question.paths.entries()) {
      const answer = await fetch(`${fresh.url}${path}`, { headers: { "x-api-key": fresh.apiKey } });
      const body: unknown = await answer.json();
      if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${JSON.stringify(body)}`);
      if (position > 0) continue;
      const { logs, read, partial } = SearchAnswer.parse(body);
      if (partial) throw new Error(`${question.name}: only a part was searched`);
      found = logs.length;
      bytesRead = read.bytes;
    }
    times.push(performance.now() - begun);
  }
  return {
    name: question.name,
    found,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    bytesRead,
    partRead: bytesRead / storedBytes,
    zgrepMs: undefined,
    duckdbMs: undefined,
  };
}

function zgrep(text: string, path: string): number {
  const begun = performance.now();
  try {
    execFileSync("zgrep", ["-c", "-F", text, path], { stdio: ["ignore", "pipe", "inherit"] });
  } catch {
    // Status 1: no line found.
  }
  return performance.now() - begun;
}

async function main(lines: number): Promise<StoreResult> {
  const directory = mkdtempSync(join(tmpdir(), "log0-store-"));
  const fresh = await startFresh("bench/worker/index.ts", { SLACK_BOT_TOKEN: "" });
  const now = Date.now();
  const seconds = await write(fresh, new StoreTraffic(now, lines), lines);
  const segments = await segmentTotals(fresh);
  const mergeBegun = performance.now();
  const merged = await merge(fresh);
  const mergeSeconds = (performance.now() - mergeBegun) / 1000;
  const gz = join(directory, "logs.ndjson.gz");
  const sizes = await gzipFile(new StoreTraffic(now, lines), lines, gz);
  await copySegments(fresh, directory);
  const duckdb = await (await DuckDBInstance.create()).connect();
  await duckdb.run(`CREATE VIEW logs AS SELECT * FROM read_parquet('${directory}/*.parquet')`);
  const queries: QueryResult[] = [];
  for (const question of questions(new StoreTraffic(now, lines).someTraceId(), now - 86_400_000, now + 60_000)) {
    const result = await ask(fresh, question, merged.bytes);
    const begun = performance.now();
    await duckdb.runAndReadAll(question.sql);
    result.duckdbMs = performance.now() - begun;
    if (question.grep !== undefined) result.zgrepMs = zgrep(question.grep, gz);
    queries.push(result);
  }
  const peak = peakMemoryMb();
  await fresh.stop();
  rmSync(directory, { recursive: true, force: true });
  return {
    lines,
    rawBytes: sizes.raw,
    gzipBytes: sizes.gzip,
    segments: segments.count,
    segmentBytes: segments.bytes,
    mergedSegments: merged.count,
    mergedBytes: merged.bytes,
    writePerSecond: lines / seconds,
    mergeSeconds,
    peakMemoryMb: peak,
    queries,
  };
}

/** Lets the merges run, as the cron would, with a clock that is past their age. */
async function merge(fresh: FreshSystem): Promise<{ count: number; bytes: number }> {
  await fetch(`${fresh.url}/__bench/merge`, { method: "POST" });
  const db = await fresh.system.miniflare.getD1Database("DB");
  await until(
    async () => {
      const open = await db.prepare("SELECT count(*) AS open FROM segment_merges WHERE finished_at IS NULL").first();
      return z.object({ open: z.number() }).parse(open).open === 0;
    },
    300,
    "merging",
  );
  return await segmentTotals(fresh);
}

const program = new Command("bench:store")
  .option("--rows <n>", "lines to store", "10000000")
  .option("--json", "print JSON only");
program.parse();
const options = z
  .object({ rows: z.coerce.number().int().min(10_000), json: z.boolean().default(false) })
  .parse(program.opts());
const result = await main(options.rows);
const text = formatStoreReport(result);
mkdirSync(join(projectRoot, "bench/results"), { recursive: true });
writeFileSync(join(projectRoot, "bench/results/store.json"), `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(join(projectRoot, "bench/results/store.md"), text);
process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : text);
process.exit(0);
