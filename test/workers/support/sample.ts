import "./bindings.ts";
import { advance } from "./clock.ts";
import { fail, repair } from "./faults.ts";
import { accepted } from "./http.ts";
import { settle, storeAlarm } from "./pipeline.ts";
import { createTenant, type Tenant } from "./tenant.ts";

const HOUR_MS = 60 * 60 * 1000;

/** A log that was sent, as a naive reader of the store would know it. Time in Unix ms. */
export interface SampleLog {
  eventId: string;
  at: number;
  level: string;
  service: string;
  environment: string;
  message: string;
  trace?: string;
  traceId?: string;
  attributes?: { status: number; duration: number | string; region: string; nested: { depth: number } };
}

/** A tenant with logs of two hours, and all that was sent: newest first, in the order of the API. */
export interface Sample {
  tenant: Tenant;
  logs: SampleLog[];
  /** Unix ms, from inclusive, to exclusive: all logs lie in between. */
  from: number;
  to: number;
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MESSAGES: readonly ((n: number) => string)[] = [
  (n) => `Connection timeout to gateway-${n % 9} after ${n}ms`,
  (n) => `User ${n} logged in from 10.0.0.${n % 200}`,
  (n) => `Payment ${n} failed: card declined`,
  (n) => `cache miss for key user:${n}`,
  (n) => `Déjà vu: queue "orders" is ${n} behind`,
];
const LEVELS = ["DEBUG", "INFO", "INFO", "INFO", "WARN", "ERROR", "ERROR", "FATAL"];
const SERVICES = ["payment", "payment", "payment-worker", "search", "Search"];

/** One of a seeded sequence of logs. Some share a millisecond. */
function sampleLog(next: () => number, from: number): Omit<SampleLog, "eventId"> {
  const pick = <T>(values: readonly T[], fallback: T): T => values[Math.floor(next() * values.length)] ?? fallback;
  const number = Math.floor(next() * 1_000);
  const level = pick(LEVELS, "INFO");
  const at = from + Math.floor(next() * 120) * 60_000 + (next() < 0.5 ? 0 : Math.floor(next() * 60_000));
  const duration = Math.floor(next() * 1_000);
  const attributes = {
    status: pick([200, 404, 500], 200),
    duration: next() < 0.3 ? String(duration) : duration,
    region: pick(["eu-west", "us-east"], "eu-west"),
    nested: { depth: Math.floor(next() * 5) },
  };
  return {
    at,
    level,
    service: pick(SERVICES, "search"),
    environment: next() < 0.7 ? "production" : "staging",
    message: pick(MESSAGES, String)(number),
    ...(level === "ERROR" ? { trace: `Error: boom\n    at handler (/srv/app.js:${number}:7)` } : {}),
    ...(next() < 0.3 ? { traceId: `trace-${number % 20}` } : {}),
    ...(next() < 0.8 ? { attributes } : {}),
  };
}

async function send(tenant: Tenant, logs: readonly Omit<SampleLog, "eventId">[]): Promise<SampleLog[]> {
  const body = logs.map(({ at, ...log }) => ({ ...log, timestamp: new Date(at).toISOString() }));
  const { eventIds } = await accepted(tenant.key, body);
  if (eventIds.length !== logs.length) throw new Error(`${eventIds.length} of ${logs.length} logs were taken`);
  await settle(tenant);
  return logs.map((log, index) => ({ eventId: eventIds[index] ?? "", ...log }));
}

async function flush(tenant: Tenant): Promise<void> {
  advance(HOUR_MS + 60_000);
  await storeAlarm(tenant);
}

export type Place = "buffer" | "segments" | "both";

/** Where the logs of a sample lie. */
export const PLACES: { name: string; place: Place }[] = [
  { name: "in the buffer", place: "buffer" },
  { name: "in segments", place: "segments" },
  { name: "in segments and the buffer, while a flush stopped before it dropped its rows", place: "both" },
];

/** The order of the API: newest first, logs of one millisecond by id, descending. */
export function newestFirst(a: SampleLog, b: SampleLog): number {
  return b.at - a.at || (a.eventId < b.eventId ? 1 : -1);
}

/** Sends logs of the two hours before now in four requests, whose times overlap, and brings them to their place. */
export async function sampleOf(place: Place, seed: number, count = 240): Promise<Sample> {
  const tenant = await createTenant();
  const to = Date.now();
  const from = to - 2 * HOUR_MS;
  const next = random(seed);
  const logs: SampleLog[] = [];
  for (let part = 0; part < 4; part++) {
    const drawn = Array.from({ length: count / 4 }, () => sampleLog(next, from));
    logs.push(...(await send(tenant, drawn)));
    if (place === "segments" || (place === "both" && part < 2)) await flush(tenant);
    if (place === "both" && part === 2) {
      // The segment is in the index, and the buffer does not know: so it stays until somebody runs the alarm again.
      const fault = fail("db", 'insert into "segments"', { when: "after" });
      await flush(tenant);
      if (fault.tripped === 0) throw new Error("the flush did not fail");
    }
  }
  repair();
  return { tenant, logs: logs.sort(newestFirst), from, to };
}

/** The range of a sample as parameters of a request, or another one. */
export function rangeQuery({ from, to }: { from: number; to: number }, more: Record<string, string> = {}): string {
  return new URLSearchParams({ from: String(from), to: String(to), ...more }).toString();
}

function leaves(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];
}

/** Whether a log's texts hold a word or phrase, as whole words in any case; `*` stands for what is not blank. */
export function says(log: SampleLog, phrase: string): boolean {
  const word = "[\\p{L}\\p{N}_]";
  const body = phrase
    .toLowerCase()
    .split("*")
    .map((piece) => piece.replaceAll(".", "\\."))
    .join("\\S*");
  const before = phrase.startsWith("*") ? "" : `(?<!${word})`;
  const after = phrase.endsWith("*") ? "" : `(?!${word})`;
  const pattern = new RegExp(before + body + after, "u");
  const texts = [log.message, log.trace ?? "", log.traceId ?? "", ...leaves(log.attributes ?? {})];
  return texts.some((text) => pattern.test(text.toLowerCase()));
}

/** A condition of the query language, and what it means. */
export interface Atom {
  q: string;
  means: (log: SampleLog) => boolean;
}

const duration = (log: SampleLog): number => Number(log.attributes?.duration ?? Number.NaN);

export const ATOMS: Atom[] = [
  { q: "level:error", means: (log) => log.level === "ERROR" },
  { q: "level:>=warn", means: (log) => ["WARN", "ERROR", "FATAL"].includes(log.level) },
  { q: "service:payment", means: (log) => log.service === "payment" },
  { q: "service:Search", means: (log) => log.service === "Search" },
  { q: "service:pay*", means: (log) => log.service.startsWith("pay") },
  { q: "service:(payment OR search)", means: (log) => ["payment", "search"].includes(log.service) },
  { q: "environment:staging", means: (log) => log.environment === "staging" },
  { q: '"card declined"', means: (log) => says(log, "card declined") },
  { q: "declined", means: (log) => says(log, "declined") },
  { q: "declin", means: () => false },
  { q: "conn*", means: (log) => says(log, "conn*") },
  { q: "*way-3", means: (log) => says(log, "*way-3") },
  { q: "DÉJÀ", means: (log) => says(log, "déjà") },
  { q: '"queue \\"orders\\" is"', means: (log) => says(log, 'queue "orders" is') },
  { q: "message:miss", means: (log) => log.message.includes("miss") },
  { q: "duration:>500", means: (log) => duration(log) > 500 },
  { q: "duration:[100 TO 300]", means: (log) => duration(log) >= 100 && duration(log) <= 300 },
  { q: "status:404", means: (log) => log.attributes?.status === 404 },
  { q: "region:eu-west", means: (log) => log.attributes?.region === "eu-west" },
  { q: "nested.depth:3", means: (log) => log.attributes?.nested.depth === 3 },
  { q: "region:*", means: (log) => log.attributes !== undefined },
  { q: "trace:*", means: (log) => log.trace !== undefined },
  { q: "handler", means: (log) => log.trace !== undefined },
  { q: "trace_id:trace-7", means: (log) => log.traceId === "trace-7" },
  { q: "absent", means: () => false },
];
