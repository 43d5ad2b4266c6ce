import { eventIdOf } from "../../ids.ts";
import type { LogRow } from "../log-row.ts";
import { parseAttributes, textsOfAttributes } from "./attributes.ts";
import type { NameColumn, TextColumn } from "./conditions.ts";
import { fold } from "./words.ts";

const IRREGULAR_BLANKS = /\s\s|[^\S ]/;

/** Makes every run of blanks one space: a phrase is found across a line break. */
export function collapseBlanks(text: string): string {
  return IRREGULAR_BLANKS.test(text) ? text.replace(/\s+/g, " ") : text;
}

/** A text in the forms that searches compare, each made when it is first asked for. */
export class SearchText {
  readonly folded: string;
  #collapsed: string | undefined;

  constructor(text: string) {
    this.folded = fold(text);
  }

  get collapsed(): string {
    this.#collapsed ??= collapseBlanks(this.folded);
    return this.#collapsed;
  }
}

/** One row at a time, with what conditions derive from it, so that several conditions share the work. */
export class RowView {
  #row: LogRow;
  #texts: Partial<Record<TextColumn | "traceId", SearchText>> | undefined;
  #foldedJson: string | undefined;
  #isParsed = false;
  #attributes: unknown;
  #attributeTexts: SearchText[] | undefined;
  /** Rows whose attributes were parsed since the view was made. */
  parses = 0;

  constructor(row: LogRow) {
    this.#row = row;
  }

  load(row: LogRow): void {
    this.#row = row;
    this.#texts = undefined;
    this.#foldedJson = undefined;
    this.#isParsed = false;
    this.#attributes = undefined;
    this.#attributeTexts = undefined;
  }

  get row(): LogRow {
    return this.#row;
  }

  name(column: NameColumn): string | undefined {
    const row = this.#row;
    if (column === "service") return row.serviceName;
    if (column === "eventId") return eventIdOf(row.chunkId, row.index);
    return row[column];
  }

  text(column: TextColumn | "traceId"): SearchText | undefined {
    const known = this.#texts?.[column];
    if (known !== undefined) return known;
    const text = this.#row[column];
    if (text === undefined) return undefined;
    const made = new SearchText(text);
    this.#texts ??= {};
    this.#texts[column] = made;
    return made;
  }

  attributes(): unknown {
    if (!this.#isParsed) {
      this.#attributes = parseAttributes(this.#row.attributes);
      this.#isParsed = true;
      this.parses++;
    }
    return this.#attributes;
  }

  attributeTexts(): readonly SearchText[] {
    this.#attributeTexts ??= textsOfAttributes(this.attributes()).map((text) => new SearchText(text));
    return this.#attributeTexts;
  }

  /**
   * Whether attributes that are not parsed yet can hold a folded text in a key or a string. JSON writes most texts as
   * they are; where it has any escape, the answer is yes.
   */
  mayHold(folded: string): boolean {
    const json = this.#row.attributes;
    if (json === undefined) return false;
    if (json.includes("\\")) return true;
    this.#foldedJson ??= fold(json);
    return this.#foldedJson.includes(folded);
  }
}

/** Everything in a row that a word or phrase without a field is looked for in, and that its words are taken from. */
export function searchableTexts(row: LogRow): string[] {
  const texts = [row.message];
  if (row.trace !== undefined) texts.push(row.trace);
  if (row.traceId !== undefined) texts.push(row.traceId);
  if (row.attributes !== undefined) texts.push(...textsOfAttributes(parseAttributes(row.attributes)));
  return texts;
}
