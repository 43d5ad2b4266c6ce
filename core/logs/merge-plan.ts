import { type PatternCounts, patternCounts, sumPatterns } from "./pattern-counts.ts";
import { type Rollup, RollupBuilder } from "./rollup.ts";

/** What the planner knows of a segment. Times are Unix ms, sizes bytes. */
export interface MergeCandidate {
  id: string;
  rawBytes: number;
  maxTimestamp: number;
  /** When it entered the index. */
  createdAt: number;
  /** The newest flush (a UUIDv7: later ones are greater) that it holds rows of. */
  flushedThrough: string;
  /** An input of a merge under way. */
  taken: boolean;
}

/** From this much raw log on, a segment is left as it is (DESIGN.md: towards 64–128 MB). */
export const FULL_BYTES = 64 * 1024 * 1024;
const MAX_BYTES = 128 * 1024 * 1024;

/** Of each input, a row group is held inflated: some 3 MB. mergeSegments goes through what is beyond 40 MB in two passes. */
export const MAX_INPUTS = 16;

/** On a day that still gets logs, fewer inputs are not worth the writing. */
const MIN_INPUTS = 4;

/** By then every request and every D1 batch (30 s a query) that began before has come to its end. */
export const MIN_AGE_MS = 10 * 60 * 1000;

const DAY_MS = 86_400_000;

/** The last flush of a day comes up to an hour (FLUSH_AGE_MS) after midnight, and may need some tries. */
const LATE_MS = 2 * 60 * 60 * 1000;

/**
 * How much of a merge its largest input may be: so each merge makes a line's segment twice as large (4/3 at the end of
 * the day), and a line is written a few times in its life, however many small segments follow. What does not fit
 * waits; of a day, some three segments of growing size may stay.
 */
const LARGEST_SHARE = { open: 1 / 2, over: 3 / 4 };

/**
 * Which segments of one tenant and shard to merge with which: the ids of each merge's inputs. A merge is within one UTC
 * day (of the latest log), so that retention and time ranges stay sharp.
 * @param segments all recent ones, also those that are too large or taken: they tell which flush is the latest
 */
export function planMerges(segments: readonly MergeCandidate[], now: number): string[][] {
  const days = new Map<number, MergeCandidate[]>();
  for (const segment of mergeable(segments, now)) {
    const day = Math.floor(segment.maxTimestamp / DAY_MS);
    const known = days.get(day);
    if (known === undefined) days.set(day, [segment]);
    else known.push(segment);
  }
  return [...days].flatMap(([day, list]) => planDay(list, now >= (day + 1) * DAY_MS + LATE_MS));
}

/**
 * A store repeats a flush until it has dropped the logs from its buffer, and only then begins the next one. So the
 * latest flush of a shard may yet be repeated, after any time; the ones before it never. Were it merged, its row would
 * be inserted again beside the merged one, and its logs be there twice; and a search hides a segment of which the
 * buffer still holds rows, with all that is merged into it. The next flush must be of some age, too, for the sake of
 * searches that read the buffer before it.
 */
function mergeable(segments: readonly MergeCandidate[], now: number): MergeCandidate[] {
  const old = segments.filter((segment) => segment.createdAt <= now - MIN_AGE_MS);
  let latest = "";
  for (const { flushedThrough } of old) if (flushedThrough > latest) latest = flushedThrough;
  return old.filter(
    ({ flushedThrough, taken, rawBytes }) => flushedThrough < latest && !taken && rawBytes < FULL_BYTES,
  );
}

function planDay(segments: readonly MergeCandidate[], over: boolean): string[][] {
  const waiting = [...segments].sort((a, b) => a.rawBytes - b.rawBytes || (a.id < b.id ? -1 : 1));
  const plans: string[][] = [];
  for (;;) {
    const inputs = smallestOf(waiting, over);
    if (inputs.length === 0) return plans;
    plans.push(inputs.map((segment) => segment.id));
    waiting.splice(0, inputs.length);
  }
}

/** As many of the smallest as make a sound merge; none when there is none. @param sorted by size */
function smallestOf(sorted: readonly MergeCandidate[], over: boolean): MergeCandidate[] {
  const inputs: MergeCandidate[] = [];
  const least = over ? 2 : MIN_INPUTS;
  let total = 0;
  for (const segment of sorted) {
    // Larger than full would only take more memory.
    if (inputs.length >= least && total >= FULL_BYTES) break;
    if (inputs.length === MAX_INPUTS || total + segment.rawBytes > MAX_BYTES) break;
    inputs.push(segment);
    total += segment.rawBytes;
  }
  while (inputs.length >= least) {
    const largest = inputs.at(-1)?.rawBytes ?? 0;
    if (largest <= total * (over ? LARGEST_SHARE.over : LARGEST_SHARE.open)) return inputs;
    inputs.pop();
    total -= largest;
  }
  return [];
}

/** What a merged segment counts: nothing is read again for it. */
export function mergeCounts(inputs: Iterable<{ rollup: Rollup; patterns: PatternCounts }>) {
  const rollup = new RollupBuilder();
  const lists: PatternCounts[] = [];
  for (const input of inputs) {
    rollup.addAll(input.rollup);
    lists.push(input.patterns);
  }
  // Names and templates lie in the pattern table; counts do without.
  const totals = [...sumPatterns(lists).values()].map((total) => ({ ...total, template: "", serviceName: "" }));
  return { rollup: rollup.finish(), patterns: patternCounts(totals) };
}
