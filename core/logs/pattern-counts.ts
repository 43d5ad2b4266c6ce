import * as z from "zod";
import { LEVELS, type Level } from "../../schema/contracts/levels.ts";
import type { PatternStat } from "./segment/index.ts";

/** Rows per fingerprint of one segment: [fingerprint, level (index in LEVELS), count, first seen, last seen (Unix ms)]. */
export const PatternCounts = z.array(z.tuple([z.string(), z.int(), z.int(), z.int(), z.int()]));
export type PatternCounts = z.infer<typeof PatternCounts>;

/** Patterns counted in one segment: the most frequent. Ordinary segments have a hundred; 2,000 make 200 KB. */
export const MAX_PATTERNS = 2_000;

export function patternCounts(stats: readonly PatternStat[]): PatternCounts {
  return mostFrequent(stats).map((stat) => [
    stat.fingerprint,
    LEVELS.indexOf(stat.level),
    stat.count,
    stat.firstSeen,
    stat.lastSeen,
  ]);
}

/** What is known of a pattern over a range. */
export interface PatternTotal {
  fingerprint: string;
  level: Level;
  count: number;
  firstSeen: number;
  lastSeen: number;
}

/** Adds up the counts of segments. */
export function sumPatterns(counts: Iterable<PatternCounts>): Map<string, PatternTotal> {
  const totals = new Map<string, PatternTotal>();
  for (const list of counts) {
    for (const [fingerprint, levelIndex, count, firstSeen, lastSeen] of list) {
      const level = LEVELS[levelIndex] ?? "INFO";
      const known = totals.get(fingerprint);
      if (known === undefined) {
        totals.set(fingerprint, { fingerprint, level, count, firstSeen, lastSeen });
        continue;
      }
      known.count += count;
      known.firstSeen = Math.min(known.firstSeen, firstSeen);
      known.lastSeen = Math.max(known.lastSeen, lastSeen);
      if (LEVELS.indexOf(level) > LEVELS.indexOf(known.level)) known.level = level;
    }
  }
  return totals;
}

/** The patterns that a segment's index row counts. */
export function mostFrequent(stats: readonly PatternStat[]): readonly PatternStat[] {
  return stats.length <= MAX_PATTERNS ? stats : [...stats].sort((a, b) => b.count - a.count).slice(0, MAX_PATTERNS);
}
