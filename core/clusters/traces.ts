import { shardOf } from "../ids.ts";

/** Distinct trace ids that a window, and so an incident, remembers. */
export const MAX_TRACES = 20;

/** Printable ASCII, as every tracing system writes them: at least 8 characters, at most those of a name. */
const TRACE_ID = /^[!-~]{8,200}$/;

/**
 * Whether a text can tell one trace from another. What stands where there is none ("undefined", "unknown", zeros) would
 * tie everything to everything; it has no digit but 0.
 */
function isTraceId(text: string): boolean {
  return TRACE_ID.test(text) && /[1-9]/.test(text);
}

/** The start of the newest window that had it (Unix ms), and a trace id. */
export type SeenTrace = [start: number, id: string];

interface Kept {
  start: number;
  hash: number;
  id: string;
}

/** Whether one that is kept comes before another trace. */
function isBefore(kept: Kept, start: number, hash: number, id: string): boolean {
  if (kept.start !== start) return kept.start > start;
  return kept.hash < hash || (kept.hash === hash && kept.id <= id);
}

/** Puts a trace in its place. Most of many have none: they cost their hash, and nothing else. */
function keep(kept: Kept[], start: number, id: string, most: number): void {
  // An even spread over 2^32: every service draws the same lot for the same trace.
  const hash = shardOf(id, 2 ** 32);
  const worst = kept[most - 1];
  if ((worst !== undefined && isBefore(worst, start, hash, id)) || !isTraceId(id)) return;
  const known = kept.findIndex((other) => other.id === id);
  if (known >= 0) {
    if ((kept[known]?.start ?? start) >= start) return;
    kept.splice(known, 1);
  }
  const at = kept.findIndex((other) => !isBefore(other, start, hash, id));
  kept.splice(at < 0 ? kept.length : at, 0, { start, hash, id });
  kept.splice(most);
}

/**
 * The trace ids to keep of a number of them: of the newest windows first, and within a window those of the lowest hash.
 * So every service keeps the same few of thousands of traces, where "the first" or "the last" of each would hardly ever
 * meet; and the order in which they come changes nothing, because what is left out is worse than all that is kept.
 * What is no trace id is left out.
 * @returns at most `most`, distinct, best first
 */
export function keepTraces(traces: Iterable<SeenTrace>, most: number = MAX_TRACES): SeenTrace[] {
  const kept: Kept[] = [];
  for (const [start, id] of traces) keep(kept, start, id, most);
  return kept.map(({ start, id }) => [start, id]);
}

/** The same of ids that nothing but their hash tells apart. */
export function keepTraceIds(ids: Iterable<string>, most: number = MAX_TRACES): string[] {
  const kept: Kept[] = [];
  for (const id of ids) keep(kept, 0, id, most);
  return kept.map(({ id }) => id);
}
