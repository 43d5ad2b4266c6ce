import * as z from "zod";
import type { Section } from "../../schema/contracts/envelope.ts";
import { Level } from "../../schema/contracts/levels.ts";
import { Log0Error } from "../errors.ts";
import type { RawEvent } from "../events/raw-event.ts";
import type { LogRow } from "../logs/log-row.ts";
import { packJson, unpackJson } from "./compression.ts";
import { Dictionary, eachSparse, emptySparse, putSparse, type Sparse } from "./dictionary.ts";

const indexes = z.array(z.int().min(0));
const sparse = <T extends z.ZodType>(value: T) => z.object({ rows: indexes, values: z.array(value) });

/** Columns that raw and normalized chunks share. Timestamps are ms relative to the chunk's receipt; null when missing. */
const SharedColumns = z.object({
  services: z.array(z.string()),
  environments: z.array(z.string()),
  levels: z.array(z.string()),
  service: indexes,
  environment: indexes,
  level: indexes,
  message: z.array(z.string()),
  timestamp: z.array(z.number().nullable()),
  nanoseconds: sparse(z.number()),
  traces: z.array(z.string()),
  trace: sparse(z.int().min(0)),
  traceId: sparse(z.string()),
  attributes: sparse(z.string()),
});
type SharedColumns = z.infer<typeof SharedColumns>;

/** The group of a log that no window counts. */
export const UNGROUPED = "";

/** What the normalizer found for a row: rows of one pattern share it. */
const Pattern = z.object({
  template: z.string(),
  fingerprint: z.string(),
  exceptionType: z.string(),
  /** The fingerprint whose windows count it; UNGROUPED when none does. Its own where it is missing. */
  group: z.string().optional(),
  /** Its fingerprint in the grouping version before, where that runs beside and differs. */
  previous: z.string().optional(),
});
export type Pattern = z.infer<typeof Pattern>;

const NormalizedColumns = SharedColumns.extend({
  levels: z.array(Level),
  patterns: z.array(Pattern),
  pattern: indexes,
});

/** A normalized log with what clustering wants to know beyond the stored row. */
export interface NormalizedEvent extends Omit<RawEvent, "timestamp" | "level"> {
  timestamp: number;
  level: Level;
  pattern: Pattern;
}

/** Writes columns row by row. */
class ColumnWriter {
  private readonly services = new Dictionary();
  private readonly environments = new Dictionary();
  private readonly levels = new Dictionary();
  private readonly traces = new Dictionary();
  private readonly service: number[] = [];
  private readonly environment: number[] = [];
  private readonly level: number[] = [];
  private readonly message: string[] = [];
  private readonly timestamp: (number | null)[] = [];
  private readonly nanoseconds: Sparse<number> = emptySparse();
  private readonly trace: Sparse<number> = emptySparse();
  private readonly traceId: Sparse<string> = emptySparse();
  private readonly attributes: Sparse<string> = emptySparse();
  private readonly receivedAt: number;

  constructor(receivedAt: number) {
    this.receivedAt = receivedAt;
  }

  add(event: RawEvent): void {
    const row = this.message.push(event.message) - 1;
    this.service.push(this.services.indexOf(event.serviceName));
    this.environment.push(this.environments.indexOf(event.environment));
    this.level.push(this.levels.indexOf(event.level));
    this.timestamp.push(event.timestamp === undefined ? null : event.timestamp - this.receivedAt);
    if (event.trace !== undefined) putSparse(this.trace, row, this.traces.indexOf(event.trace));
    putSparse(this.nanoseconds, row, event.nanoseconds);
    putSparse(this.traceId, row, event.traceId);
    putSparse(this.attributes, row, event.attributes);
  }

  finish(): SharedColumns {
    return {
      services: this.services.values,
      environments: this.environments.values,
      levels: this.levels.values,
      service: this.service,
      environment: this.environment,
      level: this.level,
      message: this.message,
      timestamp: this.timestamp,
      nanoseconds: this.nanoseconds,
      traces: this.traces.values,
      trace: this.trace,
      traceId: this.traceId,
      attributes: this.attributes,
    };
  }
}

function lookUp<T>(values: readonly T[], index: number | undefined): T {
  const value = index === undefined ? undefined : values[index];
  if (value === undefined) throw new Log0Error("invalid_envelope", "a column points outside its dictionary");
  return value;
}

/** Reads columns back into one object a row. */
function readRows(columns: SharedColumns, receivedAt: number): RawEvent[] {
  const events: RawEvent[] = columns.message.map((message, row) => {
    const event: RawEvent = {
      serviceName: lookUp(columns.services, columns.service[row]),
      environment: lookUp(columns.environments, columns.environment[row]),
      level: lookUp(columns.levels, columns.level[row]),
      message,
    };
    const offset = columns.timestamp[row];
    if (typeof offset === "number") event.timestamp = receivedAt + offset;
    return event;
  });
  eachSparse(columns.nanoseconds, (row, value) => {
    lookUp(events, row).nanoseconds = value;
  });
  eachSparse(columns.trace, (row, index) => {
    lookUp(events, row).trace = lookUp(columns.traces, index);
  });
  eachSparse(columns.traceId, (row, value) => {
    lookUp(events, row).traceId = value;
  });
  eachSparse(columns.attributes, (row, value) => {
    lookUp(events, row).attributes = value;
  });
  return events;
}

function check<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  const columns = schema.safeParse(unpackJson(body));
  if (columns.success) return columns.data;
  throw new Log0Error("invalid_envelope", `a chunk's columns are wrong: ${columns.error.issues[0]?.message ?? ""}`);
}

/** @param receivedAt the chunk's receipt, Unix ms */
export function encodeRawColumns(events: readonly RawEvent[], receivedAt: number): Uint8Array {
  const writer = new ColumnWriter(receivedAt);
  for (const event of events) writer.add(event);
  return packJson(writer.finish());
}

/** @throws Log0Error invalid_envelope */
export function decodeRawColumns(body: Uint8Array, receivedAt: number): RawEvent[] {
  return readRows(check(SharedColumns, body), receivedAt);
}

export function encodeNormalizedColumns(events: readonly NormalizedEvent[], receivedAt: number): Uint8Array {
  const writer = new ColumnWriter(receivedAt);
  const patterns: Pattern[] = [];
  const known = new Map<Pattern, number>();
  const pattern = events.map((event) => {
    writer.add(event);
    let index = known.get(event.pattern);
    if (index === undefined) {
      index = patterns.push(event.pattern) - 1;
      known.set(event.pattern, index);
    }
    return index;
  });
  return packJson({ ...writer.finish(), patterns, pattern });
}

/** @throws Log0Error invalid_envelope */
export function decodeNormalizedColumns(body: Uint8Array, receivedAt: number): NormalizedEvent[] {
  const columns = check(NormalizedColumns, body);
  return readRows(columns, receivedAt).map((event, row) => ({
    ...event,
    level: lookUp(columns.levels, columns.level[row]),
    timestamp: event.timestamp ?? receivedAt,
    pattern: lookUp(columns.patterns, columns.pattern[row]),
  }));
}

/** The stored rows of a normalized chunk, without those that were skipped. */
export function rowsOfChunk(section: Section, body: Uint8Array): LogRow[] {
  const skipped = new Set(section.skipped ?? []);
  const rows: LogRow[] = [];
  for (const [position, event] of decodeNormalizedColumns(body, section.receivedAt).entries()) {
    if (skipped.has(position)) continue;
    const { pattern, ...fields } = event;
    rows.push({
      ...fields,
      chunkId: section.chunkId,
      index: section.part ?? position,
      receivedAt: section.receivedAt,
      template: pattern.template,
      fingerprint: pattern.fingerprint,
    });
  }
  return rows;
}
