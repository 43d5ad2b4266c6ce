import { and, eq, sql } from "drizzle-orm";
import type { LogRow } from "../../core/logs/log-row.ts";
import { MAX_PATTERNS, PatternCounts, type PatternTotal, sumPatterns } from "../../core/logs/pattern-counts.ts";
import { parseQuery } from "../../core/logs/query/index.ts";
import { readSegment } from "../../core/logs/segment/index.ts";
import { LEVELS, type Level } from "../../schema/contracts/levels.ts";
import { patterns } from "../../schema/tables/logs.ts";
import type { TenantScope } from "../platform.ts";
import { hotRows, MAX_SEGMENTS, readHot, segmentFile, selects, settled, type TimeRange } from "./scan-logs.ts";
import { patternCountsOf } from "./segments.ts";

/** A pattern over a range. Times are Unix ms. */
export interface PatternEntry {
  fingerprint: string;
  template: string;
  serviceName: string;
  level: Level;
  count: number;
  firstSeenAt: number;
  lastSeenAt: number;
}

/** Segments that a range cuts through are read; more of them than this only for what lies inside the range. */
const MAX_CUT_SEGMENTS = 12;

function countOf(row: LogRow): PatternCounts[number] {
  return [row.fingerprint, LEVELS.indexOf(row.level), 1, row.timestamp, row.timestamp];
}

/** Names of fingerprints from the table of first sights. D1 takes 100 parameters: the list is one. */
async function namesOf(scope: TenantScope, fingerprints: readonly string[]) {
  const found = new Map<string, { template: string; serviceName: string; firstSeenAt: number }>();
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(fingerprints)}))`;
  const rows = await scope.db
    .select()
    .from(patterns)
    .where(and(eq(patterns.tenantId, scope.tenantId), sql`${patterns.fingerprint} IN ${list}`));
  for (const { fingerprint, template, serviceName, firstSeenAt } of rows) {
    found.set(fingerprint, { template, serviceName, firstSeenAt });
  }
  return found;
}

/**
 * The most frequent patterns of a range. Segments inside the range answer from the index; those that it cuts through
 * are read, as is the hot buffer.
 */
export async function listPatterns(
  scope: TenantScope,
  range: TimeRange,
  limit: number,
): Promise<{ items: PatternEntry[]; exact: boolean }> {
  const hot = await readHot(scope, range);
  const listed = await patternCountsOf(scope, range.from, range.to, MAX_SEGMENTS);
  const segments = settled(listed, hot);
  const seen = new Map<string, { template: string; serviceName: string; firstSeenAt: number }>();
  const counts: PatternCounts[] = [];
  const visit = (row: LogRow): void => {
    counts.push([countOf(row)]);
    if (!seen.has(row.fingerprint)) {
      const { template, serviceName, timestamp } = row;
      seen.set(row.fingerprint, { template, serviceName, firstSeenAt: timestamp });
    }
  };
  let exact = listed.length < MAX_SEGMENTS;
  const inexact = (): void => {
    exact = false;
  };
  for (const row of hotRows(hot, range, inexact)) visit(row);
  const cut = segments.filter((segment) => segment.minTimestamp < range.from || segment.maxTimestamp >= range.to);
  const matches = selects({ query: parseQuery("") }, range);
  for (const segment of cut.slice(0, MAX_CUT_SEGMENTS)) {
    for await (const row of readSegment(segmentFile(scope, segment), range)) if (matches(row)) visit(row);
  }
  if (cut.length > MAX_CUT_SEGMENTS) inexact();
  for (const segment of segments) {
    if (cut.includes(segment)) continue;
    const known = PatternCounts.parse(JSON.parse(segment.patterns));
    if (known.length === MAX_PATTERNS) inexact();
    counts.push(known);
  }
  const totals = [...sumPatterns(counts).values()].sort(mostFrequentFirst).slice(0, limit);
  const names = await namesOf(
    scope,
    totals.map(({ fingerprint }) => fingerprint),
  );
  const items = totals.map((total): PatternEntry => {
    const name = names.get(total.fingerprint) ?? seen.get(total.fingerprint);
    return {
      fingerprint: total.fingerprint,
      template: name?.template ?? "",
      serviceName: name?.serviceName ?? "",
      level: total.level,
      count: total.count,
      firstSeenAt: Math.min(name?.firstSeenAt ?? total.firstSeen, total.firstSeen),
      lastSeenAt: total.lastSeen,
    };
  });
  return { items, exact };
}

function mostFrequentFirst(a: PatternTotal, b: PatternTotal): number {
  return b.count - a.count || (a.fingerprint < b.fingerprint ? -1 : 1);
}
