import { LIMITS } from "../../schema/contracts/limits.ts";
import type { ParserHint } from "../../schema/contracts/plans.ts";
import { type ErrorCode, errorMessage, Log0Error } from "../errors.ts";
import { type EventDefaults, type ParsedEvent, parseEvent } from "./parse-event.ts";
import { splitTextLines } from "./text-lines.ts";

/** `auto` leaves it to the content. */
export type BodyFormat = ParserHint;

/** Why an event of a request was not accepted. `index` counts events (or non-empty lines) from 0. */
export interface Rejection {
  index: number;
  code: ErrorCode;
  message: string;
}

export interface ParsedBody {
  events: ParsedEvent[];
  rejected: Rejection[];
  /** Events whose timestamp was replaced. */
  adjusted: Rejection[];
}

/** Chooses a format by Content-Type; where that is missing or says nothing (curl's default), the source's hint does. */
export function formatOf(contentType: string | null, hint: ParserHint = "auto"): BodyFormat {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  if (/^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines)$/.test(type)) return "ndjson";
  return type === "text/plain" ? "text" : hint;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** UTF-8 text, or undefined where it is not. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The lines of a body; those that are not UTF-8 become undefined, so that their neighbours are kept. */
function decodeLines(bytes: Uint8Array, whole: string | undefined): (string | undefined)[] {
  if (whole !== undefined) return whole.split("\n");
  const lines: (string | undefined)[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    lines.push(decode(bytes.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

/** The events of a JSON document: one event, an array, or `{logs: [...]}`. */
function eventsOfDocument(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) return document;
  if (typeof document === "object" && document !== null && "logs" in document) {
    if (!Array.isArray(document.logs)) throw new Log0Error("invalid_type", "logs must be an array");
    return document.logs;
  }
  return [document];
}

class Collector implements ParsedBody {
  readonly events: ParsedEvent[] = [];
  readonly rejected: Rejection[] = [];
  readonly adjusted: Rejection[] = [];
  private index = 0;
  private readonly defaults: EventDefaults;

  constructor(defaults: EventDefaults) {
    this.defaults = defaults;
  }

  add(value: unknown): void {
    const index = this.next();
    try {
      const parsed = parseEvent(value, this.defaults);
      this.events.push(parsed);
      if (parsed.adjusted !== undefined) {
        this.adjusted.push({ index, code: "invalid_type", message: parsed.adjusted });
      }
    } catch (error) {
      if (!(error instanceof Log0Error)) throw error;
      this.rejected.push({ index, code: error.code, message: error.message });
    }
  }

  reject(code: ErrorCode, message: string): void {
    this.rejected.push({ index: this.next(), code, message });
  }

  private next(): number {
    if (this.index >= LIMITS.eventsPerRequest) {
      throw new Log0Error(
        "too_many_events",
        `the request has more than ${LIMITS.eventsPerRequest} events: send it in parts (nothing of it was kept)`,
      );
    }
    return this.index++;
  }
}

function collectNdjson(lines: readonly (string | undefined)[], collector: Collector): void {
  for (const line of lines) {
    if (line === undefined) collector.reject("invalid_utf8", "the line is not valid UTF-8");
    else if (line.trim() !== "") {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        collector.reject("invalid_json", `the line is not valid JSON: ${errorMessage(error)}`);
        continue;
      }
      collector.add(value);
    }
  }
}

function collectText(lines: readonly (string | undefined)[], collector: Collector): void {
  let run: string[] = [];
  const flush = (): void => {
    for (const entry of splitTextLines(run.join("\n"))) collector.add(entry);
    run = [];
  };
  for (const line of lines) {
    if (line !== undefined) run.push(line);
    else {
      flush();
      collector.reject("invalid_utf8", "the line is not valid UTF-8");
    }
  }
  flush();
}

function isJsonObject(line: string | undefined): boolean {
  if (line === undefined || !line.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** A body that ought to be one JSON document; NDJSON when only its lines are. */
function collectJson(bytes: Uint8Array, whole: string | undefined, collector: Collector): void {
  let reason = "";
  let document: unknown;
  if (whole !== undefined) {
    try {
      document = JSON.parse(whole);
    } catch (error) {
      reason = errorMessage(error);
    }
  }
  if (document !== undefined) {
    for (const value of eventsOfDocument(document)) collector.add(value);
    return;
  }
  const lines = decodeLines(bytes, whole).filter((line) => line === undefined || line.trim() !== "");
  if (lines.length > 1 && isJsonObject(lines[0])) collectNdjson(lines, collector);
  else if (whole === undefined) throw new Log0Error("invalid_utf8", "the body is not valid UTF-8");
  else throw new Log0Error("invalid_json", `the body is not valid JSON: ${reason}`);
}

/**
 * Reads a decompressed request body of at most 50 MB.
 *
 * A JSON document that does not parse is read as NDJSON when its first line is an object of its own, because agents
 * send NDJSON as `application/json`.
 * @throws Log0Error invalid_json, invalid_utf8, invalid_type, too_many_events, empty_body: nothing of the body is kept
 */
export function parseBody(bytes: Uint8Array, format: BodyFormat, defaults: EventDefaults): ParsedBody {
  const collector = new Collector(defaults);
  const whole = decode(bytes);
  if (whole?.trim() === "") throw new Log0Error("empty_body", "the request has no body");
  const looksJson = /^\s*[[{]/.test((whole ?? String.fromCharCode(...bytes.subarray(0, 100))).slice(0, 1000));
  if (format === "text" || (format === "auto" && !looksJson)) collectText(decodeLines(bytes, whole), collector);
  else if (format === "ndjson") collectNdjson(decodeLines(bytes, whole), collector);
  else collectJson(bytes, whole, collector);
  if (collector.events.length === 0 && collector.rejected.length === 0) {
    throw new Log0Error("empty_body", "the request holds no events");
  }
  return collector;
}
