import { and, desc, eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { MAX_FUTURE_MS } from "../../core/events/timestamp.ts";
import type { LogRow } from "../../core/logs/log-row.ts";
import { explainMessage, GROUPING_VERSION } from "../../core/normalize/index.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { patterns } from "../../schema/tables/logs.ts";
import { incidentOf } from "../incidents/get.ts";
import type { TenantScope } from "../platform.ts";
import { listMerges } from "./list-merges.ts";
import { loadAliases, loadGrouping, loadRules } from "./load-grouping.ts";
import { sampleLogs } from "./sample-logs.ts";

const MAX_SAMPLES = 10;

/** How far back samples are looked for. */
const SAMPLE_RANGE_MS = 7 * 24 * 60 * 60 * 1000;

/** Merges that are shown with a pattern. */
const MAX_MERGES = 50;

/** What is on record of a fingerprint: its pattern, and the newest incident that began under it. */
async function onRecord(scope: TenantScope, fingerprint: string) {
  const [known, latest] = await scope.db.batch([
    scope.db
      .select()
      .from(patterns)
      .where(and(eq(patterns.tenantId, scope.tenantId), eq(patterns.fingerprint, fingerprint))),
    scope.db
      .select()
      .from(incidents)
      .where(and(eq(incidents.tenantId, scope.tenantId), eq(incidents.fingerprint, fingerprint)))
      .orderBy(desc(incidents.createdAt))
      .limit(1),
  ]);
  return { pattern: known[0], incident: latest[0] === undefined ? undefined : incidentOf(latest[0]) };
}

/** Why one log is in its group: what was masked, the frame chosen, and the rule that holds. */
async function explainLog(scope: TenantScope, row: LogRow) {
  const grouped = (await loadGrouping(scope)).group(row);
  const { rule, pattern } = grouped;
  const message = rule?.rule.action.type === "mask" ? rule.mask(row.message) : row.message;
  const { tokens, kind, language, exceptionType, firstStackFrame } = explainMessage(message, row.trace);
  return {
    message,
    kind,
    tokens,
    language: language ?? null,
    exceptionType,
    firstStackFrame,
    rule: rule === undefined ? null : { index: rule.index, ...rule.rule },
    /** What the rules of today make of it: another one where the log is older than the rules. */
    fingerprintNow: pattern.fingerprint,
  };
}

/**
 * Why logs are grouped under a fingerprint: its template, what was masked in a sample and as what, the frame chosen, the
 * tenant's rule, what is merged with it, and up to 10 distinct messages.
 * @throws Log0Error not_found
 */
export async function explainPattern(scope: TenantScope, fingerprint: string) {
  const now = scope.now();
  const range = { from: now - SAMPLE_RANGE_MS, to: now + 2 * MAX_FUTURE_MS };
  const [{ pattern, incident }, aliases, rows, merges, { version: rulesVersion }] = await Promise.all([
    onRecord(scope, fingerprint),
    loadAliases(scope),
    sampleLogs(scope, fingerprint, range, MAX_SAMPLES),
    listMerges(scope, { fingerprint, limit: MAX_MERGES }),
    loadRules(scope),
  ]);
  const [newest] = rows;
  if (newest === undefined && pattern === undefined && incident === undefined) {
    throw new Log0Error("not_found", "no such pattern");
  }
  const [group, ...members] = aliases.groupOf(fingerprint);
  return {
    fingerprint,
    template: newest?.template ?? pattern?.template ?? incident?.messageTemplate ?? "",
    serviceName: newest?.serviceName ?? pattern?.serviceName ?? incident?.serviceName ?? "",
    firstSeenAt: pattern?.firstSeenAt ?? incident?.firstSeenAt ?? newest?.timestamp ?? null,
    groupingVersion: GROUPING_VERSION,
    rulesVersion,
    /** The fingerprint that windows and incidents know it by, and all others that count with it. */
    group,
    members,
    merges: merges.items,
    /** Of the newest log; null when none is left to look at. */
    why: newest === undefined ? null : await explainLog(scope, newest),
    samples: newest === undefined ? (incident?.topMessages ?? []) : rows.map(({ message }) => message),
  };
}
