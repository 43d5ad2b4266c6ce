import * as z from "zod";
import type { IncidentEvent } from "../../schema/contracts/incident-event.ts";
import { Severity } from "../../schema/contracts/levels.ts";
import type { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { severityOf } from "../events/level.ts";
import { uuidOfText } from "../ids.ts";
import { addMessage, addToBucket, type Contribution, MAX_LATENESS_MS, moreSevere } from "./digest.ts";
import { keepTraces } from "./traces.ts";

/** A window is counted in this many sub-buckets; "the last window-length" is that many in a row, wherever it begins. */
export const SUB_BUCKETS = 10;

/** After a window's end its last counts are still on their way: shards may hold them back for one update interval. */
const CLOSE_GRACE_MS = 10_000;

/**
 * An idle object is emptied after a day. Until then it remembers the sequence numbers, so that a shard that repeats a
 * delivery after a long outage does not count twice.
 */
export const IDLE_MS = 24 * 60 * 60 * 1000;

const Window = z.object({
  /** Unix ms, a multiple of the window's length. */
  start: z.int(),
  /** The threshold was crossed here, or in a run of sub-buckets that ends here. */
  crossed: z.boolean(),
  /** Count that the last event told of. */
  reported: z.int(),
  closed: z.boolean(),
});
type Window = z.infer<typeof Window>;

/** Everything that a ClusterWindow object remembers of one (tenant, environment, fingerprint). */
export const WindowState = z.object({
  tenantId: z.string(),
  environment: z.string(),
  fingerprint: z.string(),
  serviceName: z.string(),
  template: z.string(),
  exceptionType: z.string(),
  severity: Severity,
  /** Sub-bucket start and count. */
  buckets: z.array(z.tuple([z.int(), z.int()])),
  windows: z.array(Window),
  firstAt: z.int(),
  lastAt: z.int(),
  crossedAt: z.int(),
  messages: z.array(z.string()),
  trace: z.string().optional(),
  /** The start of the newest window that had it, and a trace id; at most MAX_TRACES, best first (`keepTraces`). */
  traces: z.array(z.tuple([z.int(), z.string()])).optional(),
  /** Last sequence number applied, per LogStore shard. */
  sequences: z.array(z.tuple([z.int(), z.int()])),
  lastEmittedAt: z.int(),
  /** Numbers the events of this object: a part of their idempotency key. */
  emitted: z.int(),
  touchedAt: z.int(),
});
export type WindowState = z.infer<typeof WindowState>;

export type WindowSettings = Pick<
  TenantSettings,
  "windowMs" | "threshold" | "thresholdBySeverity" | "updateIntervalMs"
>;

/** What a LogStore shard tells a window object. */
export interface Delivery {
  tenantId: string;
  shard: number;
  /** Grows by one with every batch of deliveries of the shard. */
  sequence: number;
  contribution: Contribution;
  settings: WindowSettings;
}

export interface Outcome {
  state: WindowState;
  events: IncidentEvent[];
}

export function thresholdOf(
  settings: Pick<TenantSettings, "threshold" | "thresholdBySeverity">,
  severity: Severity,
): number {
  return settings.thresholdBySeverity[severity] ?? settings.threshold;
}

function begin(delivery: Delivery, now: number): WindowState {
  const { contribution } = delivery;
  return {
    tenantId: delivery.tenantId,
    environment: contribution.environment,
    fingerprint: contribution.fingerprint,
    serviceName: contribution.serviceName,
    template: contribution.template,
    exceptionType: contribution.exceptionType,
    severity: severityOf(contribution.level),
    buckets: [],
    windows: [],
    firstAt: contribution.firstAt,
    lastAt: contribution.lastAt,
    crossedAt: 0,
    messages: [],
    sequences: [],
    lastEmittedAt: 0,
    emitted: 0,
    touchedAt: now,
  };
}

function countIn(state: WindowState, from: number, to: number): number {
  let sum = 0;
  for (const [start, amount] of state.buckets) if (start >= from && start < to) sum += amount;
  return sum;
}

/** Start of the earliest run of one window-length that ends in the window and reaches the threshold. */
function crossingRun(state: WindowState, window: Window, settings: WindowSettings): number | undefined {
  const { windowMs } = settings;
  const threshold = thresholdOf(settings, state.severity);
  const step = windowMs / SUB_BUCKETS;
  for (let end = window.start + step; end <= window.start + windowMs; end += step) {
    const from = end - windowMs;
    // Quiet sub-buckets end no run that a busy one before them did not end already.
    if (countIn(state, end - step, end) > 0 && countIn(state, from, end) >= threshold) return from;
  }
  return countIn(state, window.start, window.start + windowMs) >= threshold ? window.start : undefined;
}

function emit(
  state: WindowState,
  kind: IncidentEvent["kind"],
  windows: readonly Window[],
  settings: WindowSettings,
  now: number,
): IncidentEvent {
  const counted = windows.map((window) => {
    const amount = countIn(state, window.start, window.start + settings.windowMs);
    window.reported = amount;
    return { start: new Date(window.start).toISOString(), count: amount };
  });
  state.emitted++;
  state.lastEmittedAt = now;
  return {
    type: "INCIDENT_EVENT",
    eventId: uuidOfText(`${state.tenantId}\n${state.fingerprint}\n${state.environment}\n${now}\n${state.emitted}`),
    kind,
    tenantId: state.tenantId,
    fingerprint: state.fingerprint,
    serviceName: state.serviceName,
    environment: state.environment,
    severity: state.severity,
    messageTemplate: state.template,
    ...(state.exceptionType === "" ? {} : { exceptionType: state.exceptionType }),
    occurrenceCount: Math.max(1, counted.at(-1)?.count ?? 1),
    windows: counted,
    firstSeenAt: new Date(state.firstAt).toISOString(),
    lastSeenAt: new Date(state.lastAt).toISOString(),
    crossedAt: new Date(state.crossedAt).toISOString(),
    topMessages: [...state.messages],
    ...(state.trace === undefined ? {} : { sampleTrace: state.trace }),
    ...(state.traces === undefined ? {} : { traceIds: state.traces.map(([, id]) => id) }),
    schemaVersion: "v1",
  };
}

function addCounts(state: WindowState, contribution: Contribution, settings: WindowSettings): void {
  const step = settings.windowMs / SUB_BUCKETS;
  for (const [start, amount] of contribution.buckets) {
    addToBucket(state.buckets, Math.floor(start / step) * step, amount);
    const windowStart = Math.floor(start / settings.windowMs) * settings.windowMs;
    if (!state.windows.some((window) => window.start === windowStart)) {
      state.windows.push({ start: windowStart, crossed: false, reported: 0, closed: false });
    }
  }
  state.windows.sort((a, b) => a.start - b.start);
  state.severity = moreSevere(state.severity, severityOf(contribution.level));
  state.lastAt = Math.max(state.lastAt, contribution.lastAt);
  for (const message of contribution.messages) addMessage(state.messages, message);
  if (state.trace === undefined && contribution.trace !== undefined) state.trace = contribution.trace;
  if (contribution.traceIds !== undefined) {
    const newest = Math.floor(contribution.lastAt / settings.windowMs) * settings.windowMs;
    const seen = contribution.traceIds.map((id): [number, string] => [newest, id]);
    state.traces = keepTraces([...(state.traces ?? []), ...seen]);
  }
}

/** Forgets windows that nothing which still counts can reach. What is left begins anew with the next burst. */
function prune(state: WindowState, contribution: Contribution, now: number, settings: WindowSettings): void {
  const horizon = now - MAX_LATENESS_MS - 2 * settings.windowMs;
  state.buckets = state.buckets.filter(([start]) => start >= horizon);
  state.windows = state.windows.filter((window) => window.start + settings.windowMs > horizon);
  if (state.windows.length === 0) {
    state.firstAt = contribution.firstAt;
    state.severity = severityOf(contribution.level);
    state.messages = [];
    delete state.trace;
    delete state.traces;
  }
}

function remember(state: WindowState, shard: number, sequence: number): boolean {
  const known = state.sequences.find(([number]) => number === shard);
  if (known === undefined) state.sequences.push([shard, sequence]);
  else if (sequence <= known[1]) return false;
  else known[1] = sequence;
  return true;
}

/** Marks what crosses now, with the windows that the crossing runs reach back into. */
function cross(state: WindowState, settings: WindowSettings, now: number): Window[] {
  const told = new Set<Window>();
  for (const window of state.windows) {
    if (window.crossed) continue;
    const from = crossingRun(state, window, settings);
    if (from === undefined) continue;
    for (const other of state.windows) {
      if (other.start + settings.windowMs > from && other.start <= window.start) told.add(other);
    }
    window.crossed = true;
    state.crossedAt = now;
  }
  return [...told];
}

/**
 * Applies a delivery. A repeat (a sequence number that the shard has sent before) changes nothing.
 * @param now Unix ms
 */
export function applyDelivery(previous: WindowState | undefined, delivery: Delivery, now: number): Outcome {
  const state = previous === undefined ? begin(delivery, now) : structuredClone(previous);
  if (!remember(state, delivery.shard, delivery.sequence)) return { state, events: [] };
  const { contribution, settings } = delivery;
  state.touchedAt = now;
  prune(state, contribution, now, settings);
  state.firstAt = Math.min(state.firstAt, contribution.firstAt);
  addCounts(state, contribution, settings);
  const crossed = cross(state, settings, now);
  if (crossed.length > 0) return { state, events: [emit(state, "CROSSED", crossed, settings, now)] };
  if (now < updateDue(state, settings)) return { state, events: [] };
  return { state, events: update(state, settings, now) };
}

/** When the next update may go out, at most one per interval. */
function updateDue(state: WindowState, settings: WindowSettings): number {
  return state.lastEmittedAt + settings.updateIntervalMs;
}

/** Windows that an event has spoken of: they crossed, or a crossing reached back into them. */
function spokenOf(state: WindowState): Window[] {
  return state.windows.filter((window) => window.crossed || window.reported > 0);
}

function grown(state: WindowState, settings: WindowSettings): Window[] {
  return spokenOf(state).filter(
    (window) => countIn(state, window.start, window.start + settings.windowMs) > window.reported,
  );
}

function update(state: WindowState, settings: WindowSettings, now: number): IncidentEvent[] {
  const windows = grown(state, settings);
  return windows.length === 0 ? [] : [emit(state, "UPDATED", windows, settings, now)];
}

function closesAt(window: Window, settings: WindowSettings): number {
  return window.start + settings.windowMs + CLOSE_GRACE_MS;
}

/** Does what has fallen due: coalesced updates, and the last word of windows that have ended. */
export function onDeadline(previous: WindowState, settings: WindowSettings, now: number): Outcome {
  const state = structuredClone(previous);
  const closing = spokenOf(state).filter((window) => !window.closed && closesAt(window, settings) <= now);
  for (const window of closing) window.closed = true;
  if (closing.length > 0) return { state, events: [emit(state, "CLOSED", closing, settings, now)] };
  if (now < updateDue(state, settings)) return { state, events: [] };
  return { state, events: update(state, settings, now) };
}

/** The next time at which onDeadline has something to do; at the latest the time at which the object is emptied. */
export function nextDeadline(state: WindowState, settings: WindowSettings): number {
  let next = state.touchedAt + IDLE_MS;
  for (const window of spokenOf(state)) if (!window.closed) next = Math.min(next, closesAt(window, settings));
  if (grown(state, settings).length > 0) next = Math.min(next, updateDue(state, settings));
  return next;
}

/**
 * Until when more counts change nothing (Unix ms; 0 when they may): the present window has spoken, and its next word
 * is not due. Never beyond the window's end, so that a new window is seen to cross at once.
 */
export function quietUntil(state: WindowState, settings: WindowSettings, now: number): number {
  const current = state.windows.at(-1);
  if (current === undefined || !current.crossed || current.start + settings.windowMs <= now) return 0;
  return Math.min(updateDue(state, settings), current.start + settings.windowMs);
}
