import type { RowGroup, Statistics } from "hyparquet";
import type { Level } from "../../../schema/contracts/levels.ts";
import { compareBytes } from "./encode.ts";
import { escapeText } from "./text.ts";

/** Which rows to read. What is left out does not restrict; an empty list matches nothing. */
export interface SegmentQuery {
  /** Unix ms, inclusive. */
  from?: number;
  /** Unix ms, exclusive. */
  to?: number;
  levels?: readonly Level[];
  services?: readonly string[];
  environments?: readonly string[];
  fingerprints?: readonly string[];
  traceIds?: readonly string[];
  /**
   * Words that a row has, all of them, in its message, trace, trace id or attributes, each as a whole and in any case.
   * They only skip row groups by the word filter: rows without them come as well, for the caller to tell.
   */
  words?: readonly string[];
}

const encoder = new TextEncoder();

/** A test whether a row group can hold a row that the query wants, by its column statistics. */
export function groupFilter(query: SegmentQuery): (group: RowGroup) => boolean {
  const lists: [column: string, wanted: Uint8Array[]][] = [];
  if (query.levels) lists.push(["level", query.levels.map(stored)]);
  if (query.services) lists.push(["service", query.services.map(stored)]);
  if (query.environments) lists.push(["environment", query.environments.map(stored)]);
  // Fingerprints and trace ids have no statistics, being random: the filter knows them.
  const isImpossible = query.fingerprints?.length === 0 || query.traceIds?.length === 0;
  return (group) =>
    !isImpossible &&
    timesOverlap(query, statisticsOf(group, "timestamp")) &&
    lists.every(([column, wanted]) => mayHoldOneOf(wanted, statisticsOf(group, column)));
}

/** The bytes that a text has in the file: what statistics are made of. */
const stored = (text: string): Uint8Array => encoder.encode(escapeText(text));

function statisticsOf(group: RowGroup, column: string): Statistics | undefined {
  return group.columns.find((chunk) => chunk.meta_data?.path_in_schema[0] === column)?.meta_data?.statistics;
}

function timesOverlap({ from, to }: SegmentQuery, statistics: Statistics | undefined): boolean {
  const { min_value: min, max_value: max } = statistics ?? {};
  if (typeof min !== "number" || typeof max !== "number") return true;
  return (from === undefined || max >= from) && (to === undefined || min < to);
}

function mayHoldOneOf(wanted: readonly Uint8Array[], statistics: Statistics | undefined): boolean {
  const { min_value: min, max_value: max } = statistics ?? {};
  if (!(min instanceof Uint8Array) || !(max instanceof Uint8Array)) return wanted.length > 0;
  return wanted.some((value) => compareBytes(min, value) <= 0 && compareBytes(value, max) <= 0);
}
