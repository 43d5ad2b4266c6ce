import * as z from "zod";
import { Level, type Severity } from "../../schema/contracts/levels.ts";
import { Log0Error } from "../errors.ts";
import { levelRank } from "../events/level.ts";
import { type NormalizedEvent, UNGROUPED } from "../wire/columns.ts";
import { packJson, unpackJson } from "../wire/compression.ts";
import { keepTraceIds, MAX_TRACES } from "./traces.ts";

/** Counts travel in buckets of this length: a tenth of the shortest window (1 min), a divisor of every other. */
export const BASE_BUCKET_MS = 6_000;

/** Events this long before their receipt still count towards a window; older ones are stored and never page. */
export const MAX_LATENESS_MS = 15 * 60 * 1000;

/** Distinct messages kept of a fingerprint, and how much of each: they are evidence, not the log. */
export const MAX_TOP_MESSAGES = 10;
const MAX_SAMPLE_CHARACTERS = 500;

/** Messages that one digest carries over all its contributions, with a few for each: windows gather more over time. */
const DIGEST_MESSAGES = 80;
const MIN_MESSAGES = 3;

/** Trace ids that one digest carries over all its contributions, with a few for each: as many as relate incidents. */
const DIGEST_TRACES = 40;
const MIN_TRACES = 2;

const MAX_TRACE_CHARACTERS = 4_000;

/** What the events of one fingerprint in one environment add to its windows. */
export const Contribution = z.object({
  fingerprint: z.string(),
  /** The fingerprint of the grouping version before, while that runs beside. */
  previous: z.string().optional(),
  environment: z.string(),
  serviceName: z.string(),
  template: z.string(),
  exceptionType: z.string(),
  /** The most severe one. */
  level: Level,
  /** Bucket start (Unix ms, a multiple of BASE_BUCKET_MS) and count, in no order. */
  buckets: z.array(z.tuple([z.int(), z.int().min(1)])),
  firstAt: z.int(),
  lastAt: z.int(),
  messages: z.array(z.string()),
  trace: z.string().optional(),
  /** Ids of traces that its events belong to, at most MAX_TRACES: the same ones in every service (`keepTraceIds`). */
  traceIds: z.array(z.string()).optional(),
});
export type Contribution = z.infer<typeof Contribution>;

export const Digest = z.object({
  contributions: z.array(Contribution),
  /** Events that would have counted, had they not come too late. */
  late: z.int().min(0),
});
export type Digest = z.infer<typeof Digest>;

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { LOW: 0, MEDIUM: 1, HIGH: 2, CRITICAL: 3 };

export function moreSevere(a: Severity, b: Severity): Severity {
  return SEVERITY_ORDER[a] >= SEVERITY_ORDER[b] ? a : b;
}

/** The more severe of two levels. */
function worse(a: Level, b: Level): Level {
  return levelRank(a) >= levelRank(b) ? a : b;
}

/** Cuts a text without splitting a surrogate pair. */
export function truncate(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const code = text.charCodeAt(characters - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? characters - 1 : characters);
}

/** Adds a message to a list of distinct ones that holds at most MAX_TOP_MESSAGES. */
export function addMessage(messages: string[], message: string): void {
  if (messages.length >= MAX_TOP_MESSAGES) return;
  const sample = truncate(message, MAX_SAMPLE_CHARACTERS);
  if (!messages.includes(sample)) messages.push(sample);
}

export function addToBucket(buckets: [number, number][], start: number, count: number): void {
  // The newest bucket is the likeliest, and there are few.
  for (let i = buckets.length - 1; i >= 0; i--) {
    const bucket = buckets[i];
    if (bucket?.[0] === start) {
      bucket[1] += count;
      return;
    }
  }
  buckets.push([start, count]);
}

function begin(event: NormalizedEvent, fingerprint: string): Contribution {
  const { previous } = event.pattern;
  return {
    fingerprint,
    ...(previous === undefined ? {} : { previous }),
    environment: event.environment,
    serviceName: event.serviceName,
    template: truncate(event.pattern.template, MAX_SAMPLE_CHARACTERS),
    exceptionType: event.pattern.exceptionType,
    level: event.level,
    buckets: [],
    firstAt: event.timestamp,
    lastAt: event.timestamp,
    messages: [],
  };
}

function count(into: Contribution, event: NormalizedEvent): void {
  into.level = worse(into.level, event.level);
  addToBucket(into.buckets, Math.floor(event.timestamp / BASE_BUCKET_MS) * BASE_BUCKET_MS, 1);
  into.firstAt = Math.min(into.firstAt, event.timestamp);
  into.lastAt = Math.max(into.lastAt, event.timestamp);
  addMessage(into.messages, event.message);
  if (into.trace === undefined && event.trace !== undefined) into.trace = truncate(event.trace, MAX_TRACE_CHARACTERS);
}

/**
 * Counts the events of a chunk that call a window, per environment and fingerprint.
 * @param minLevel the least severe level that calls a window
 * @param receivedAt of the chunk, Unix ms
 */
export function digestEvents(events: readonly NormalizedEvent[], minLevel: Level, receivedAt: number): Digest {
  const minRank = levelRank(minLevel);
  const found = new Map<string, { into: Contribution; traces: Set<string> }>();
  let late = 0;
  for (const event of events) {
    if (levelRank(event.level) < minRank) continue;
    if (event.timestamp < receivedAt - MAX_LATENESS_MS) {
      late++;
      continue;
    }
    const { fingerprint, group = fingerprint } = event.pattern;
    if (group === UNGROUPED) continue;
    const key = keyOf(event.environment, group);
    let entry = found.get(key);
    if (entry === undefined) {
      entry = { into: begin(event, group), traces: new Set() };
      found.set(key, entry);
    }
    count(entry.into, event);
    if (event.traceId !== undefined) entry.traces.add(event.traceId);
  }
  const samples = Math.max(MIN_MESSAGES, Math.floor(DIGEST_MESSAGES / Math.max(1, found.size)));
  const traceIds = Math.min(MAX_TRACES, Math.max(MIN_TRACES, Math.floor(DIGEST_TRACES / Math.max(1, found.size))));
  const contributions = [...found.values()].map(({ into, traces }) => {
    into.messages.splice(samples);
    const kept = keepTraceIds(traces, traceIds);
    if (kept.length > 0) into.traceIds = kept;
    return into;
  });
  return { contributions, late };
}

/** The key of a window: unique within a tenant. A fingerprint has 64 characters, so nothing can run together. */
export function keyOf(environment: string, fingerprint: string): string {
  return `${fingerprint}:${environment}`;
}

/** Merges a contribution into another of the same key. */
export function mergeContribution(into: Contribution, other: Contribution): void {
  into.level = worse(into.level, other.level);
  for (const [start, amount] of other.buckets) addToBucket(into.buckets, start, amount);
  into.firstAt = Math.min(into.firstAt, other.firstAt);
  into.lastAt = Math.max(into.lastAt, other.lastAt);
  for (const message of other.messages) addMessage(into.messages, message);
  into.trace ??= other.trace;
  if (other.traceIds !== undefined) into.traceIds = keepTraceIds([...(into.traceIds ?? []), ...other.traceIds]);
}

/** An empty digest travels as no bytes. */
export function encodeDigest(digest: Digest): Uint8Array {
  return digest.contributions.length === 0 && digest.late === 0 ? new Uint8Array(0) : packJson(digest);
}

/** @throws Log0Error invalid_envelope */
export function decodeDigest(bytes: Uint8Array): Digest {
  if (bytes.byteLength === 0) return { contributions: [], late: 0 };
  const digest = Digest.safeParse(unpackJson(bytes));
  if (digest.success) return digest.data;
  throw new Log0Error("invalid_envelope", `a chunk's digest is wrong: ${digest.error.issues[0]?.message ?? ""}`);
}
