import type { LogRow } from "../log-row.ts";

/**
 * Rows by (service, template, time), the order that compresses best: neighbours differ only in their variables.
 * Rows are dealt to one pile per (service, template) and only the piles are compared as strings, since a segment of
 * 32,000 rows has some hundred of them; within a pile, rows come nearly in time order already.
 */
export function inSegmentOrder(rows: readonly LogRow[]): LogRow[] {
  const services = new Map<string, Map<string, LogRow[]>>();
  for (const row of rows) {
    const templates = entry(services, row.serviceName, () => new Map<string, LogRow[]>());
    entry(templates, row.template, () => [] as LogRow[]).push(row);
  }
  const ordered: LogRow[] = [];
  for (const [, templates] of [...services].sort(byKey)) {
    for (const [, pile] of [...templates].sort(byKey)) {
      pile.sort(byTime);
      for (const row of pile) ordered.push(row);
    }
  }
  return ordered;
}

function entry<V>(map: Map<string, V>, key: string, empty: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const added = empty();
  map.set(key, added);
  return added;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of a segment: by service, then template, then time. */
export function compareRows(a: LogRow, b: LogRow): number {
  if (a.serviceName !== b.serviceName) return a.serviceName < b.serviceName ? -1 : 1;
  if (a.template !== b.template) return a.template < b.template ? -1 : 1;
  return a.timestamp - b.timestamp;
}

function byTime(a: LogRow, b: LogRow): number {
  return a.timestamp - b.timestamp;
}

/**
 * 5,000 rows: the size at which a group compresses nearly as well as the whole segment, while a search that needs one
 * group still reads only about 150 KB.
 */
export const ROWS_PER_GROUP = 5_000;

/** Rows with traces of 100,000 characters make a group of 5,000 too big to build or read within an isolate's 128 MB. */
export const CHARACTERS_PER_GROUP = 4 * 1024 * 1024;

/** Cuts ordered rows into row groups, each within both limits (a single row may exceed the second). */
export class RowGrouper {
  readonly #maxRows: number;
  readonly #maxCharacters: number;
  #rows: LogRow[] = [];
  #filled = 0;

  constructor(maxRows: number, maxCharacters: number) {
    this.#maxRows = maxRows;
    this.#maxCharacters = maxCharacters;
  }

  /** @returns the row group that is complete without this row */
  add(row: LogRow): LogRow[] | undefined {
    const size = characters(row);
    const isFull = this.#rows.length >= this.#maxRows || this.#filled + size > this.#maxCharacters;
    const group = isFull ? this.rest() : undefined;
    this.#rows.push(row);
    this.#filled += size;
    return group;
  }

  /** @returns the row group that was begun */
  rest(): LogRow[] | undefined {
    if (this.#rows.length === 0) return undefined;
    const group = this.#rows;
    this.#rows = [];
    this.#filled = 0;
    return group;
  }
}

function characters({ message, template, trace, attributes }: LogRow): number {
  return message.length + template.length + (trace?.length ?? 0) + (attributes?.length ?? 0);
}
