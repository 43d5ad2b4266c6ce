import type { Level } from "../../schema/contracts/levels.ts";
import { truncate } from "../clusters/digest.ts";
import { levelRank } from "../events/level.ts";
import { eventIdOf } from "../ids.ts";
import type { Incident } from "../incidents/incident.ts";
import type { LogRow } from "../logs/log-row.ts";

/** Why a log is looked at, the closest first: it is the incident's own, of its service, or shares a trace with those. */
export const RELATIONS = ["incident", "service", "trace"] as const;
export type Relation = (typeof RELATIONS)[number];

/** Length of the range that logs are collected from, and how much of it lies before the incident's first log. */
const RANGE_MS = 30 * 60_000;
const BEFORE_MS = 10 * 60_000;

/** Distinct lines kept of a pattern: the earliest ones. */
const LINES_PER_GROUP = 4;
/** Patterns kept, besides the incident's own: a prompt has room for 60 lines. */
const MAX_GROUPS = 200;
/**
 * Kept of a line until it is scrubbed and cut to what a prompt shows: an isolate has 128 MB, and a line may have 10,000
 * characters and a trace of 100,000. A trace is kept of the incident's own logs only.
 */
const MESSAGE_CHARACTERS = 4_000;
const TRACE_CHARACTERS = 16_000;
/** Trace ids that are followed. */
export const MAX_TRACE_IDS = 20;
/** Ids of other shapes would need quoting in a query, and are rare. */
const TRACE_ID = /^[\w.:-]{1,64}$/;

/** Where the logs around an incident are looked for, Unix ms, from inclusive, to exclusive: 30 minutes. */
export function collectionRange(incident: Pick<Incident, "firstSeenAt">): { from: number; to: number } {
  const from = incident.firstSeenAt - BEFORE_MS;
  return { from, to: from + RANGE_MS };
}

/** A log, with its id. */
export interface Line {
  eventId: string;
  timestamp: number;
  level: Level;
  serviceName: string;
  message: string;
  trace: string | undefined;
}

/** Logs of one pattern. */
export interface LineGroup {
  relation: Relation;
  fingerprint: string;
  serviceName: string;
  /** Of all its logs, the most severe. */
  level: Level;
  count: number;
  /** Up to four with different messages, earliest first. */
  lines: Line[];
}

function earlier(a: Line, b: Line): number {
  return a.timestamp - b.timestamp || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0);
}

function lineOf(row: LogRow, relation: Relation): Line {
  const { timestamp, level, serviceName } = row;
  return {
    eventId: eventIdOf(row.chunkId, row.index),
    timestamp,
    level,
    serviceName,
    message: truncate(row.message, MESSAGE_CHARACTERS),
    trace: relation === "incident" && row.trace !== undefined ? truncate(row.trace, TRACE_CHARACTERS) : undefined,
  };
}

function keep(lines: Line[], line: Line): void {
  const same = lines.findIndex((kept) => kept.message === line.message);
  if (same !== -1) {
    const kept = lines[same];
    if (kept !== undefined && earlier(line, kept) < 0) lines[same] = line;
  } else {
    lines.push(line);
  }
  lines.sort(earlier);
  lines.length = Math.min(lines.length, LINES_PER_GROUP);
}

/** Gathers representative logs per pattern. What it keeps does not depend on the order in which logs are offered. */
export class LineCollector {
  private readonly incident: Pick<Incident, "serviceName">;
  private readonly own: ReadonlySet<string>;
  private readonly found = new Map<string, LineGroup>();
  private readonly seenTraceIds: Set<string>;

  /** @param own fingerprints that count towards the incident */
  constructor(incident: Pick<Incident, "serviceName" | "traceIds">, own: Iterable<string>) {
    this.incident = incident;
    this.own = new Set(own);
    this.seenTraceIds = new Set(incident.traceIds.filter((id) => TRACE_ID.test(id)).slice(0, MAX_TRACE_IDS));
  }

  /** A log of the incident's service and environment that is its own, or WARN and worse. */
  offer(row: LogRow): void {
    const own = this.own.has(row.fingerprint);
    if (own && row.traceId !== undefined && this.seenTraceIds.size < MAX_TRACE_IDS && TRACE_ID.test(row.traceId)) {
      this.seenTraceIds.add(row.traceId);
    }
    this.add(own ? "incident" : "service", row);
  }

  /** A log that has one of the trace ids; those that were offered before are left out. */
  offerOfTrace(row: LogRow): void {
    const ofService = row.serviceName === this.incident.serviceName;
    if (ofService && (this.own.has(row.fingerprint) || levelRank(row.level) >= levelRank("WARN"))) return;
    this.add("trace", row);
  }

  private add(relation: Relation, row: LogRow): void {
    const key = `${relation}\n${row.fingerprint}\n${row.serviceName}`;
    const group = this.found.get(key);
    const line = lineOf(row, relation);
    if (group === undefined) {
      if (this.found.size >= MAX_GROUPS && relation !== "incident") return;
      const { fingerprint, serviceName, level } = row;
      this.found.set(key, { relation, fingerprint, serviceName, level, count: 1, lines: [line] });
      return;
    }
    group.count++;
    if (levelRank(row.level) > levelRank(group.level)) group.level = row.level;
    keep(group.lines, line);
  }

  /** Trace ids of the incident and of its own logs, at most 20, all of plain characters. */
  traceIds(): string[] {
    return [...this.seenTraceIds];
  }

  /** The closest first; then the most severe, the most frequent, the earliest. */
  groups(): LineGroup[] {
    const at = (group: LineGroup): number => group.lines[0]?.timestamp ?? 0;
    return [...this.found.values()].sort(
      (a, b) =>
        RELATIONS.indexOf(a.relation) - RELATIONS.indexOf(b.relation) ||
        levelRank(b.level) - levelRank(a.level) ||
        b.count - a.count ||
        at(a) - at(b) ||
        (a.fingerprint < b.fingerprint ? -1 : 1),
    );
  }
}
