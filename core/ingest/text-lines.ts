import { findLevel } from "../events/level.ts";

/** A line of plain text, with the lines that continue it (a stack trace). */
export interface TextEntry {
  message: string;
  trace?: string;
  timestamp?: string;
}

const LEADING_TIMESTAMP =
  /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|\s?[+-]\d\d:?\d\d)?)\]?(?=[\s|,;:]|$)/;

/** Lines that no program begins a log entry with: indented ones, and the seams of stack traces. */
const CONTINUATION =
  /^(?:[ \t]|Caused by: |\.\.\. \d+ (?:more|common frames)|Traceback \(most recent call last\):|During handling of the above exception|The above exception was the direct cause)/;

/** A Java exception with its package. Below a line that complains it belongs to it, as log4j writes it. */
const EXCEPTION = /^(?:[a-z_$][\w$]{0,60}\.){1,12}[A-Z][\w$]{0,80}(?:Exception|Error|Throwable)(?::|$)/;

function continues(line: string, message: string): boolean {
  if (CONTINUATION.test(line)) return true;
  const level = EXCEPTION.test(line) ? findLevel(message) : undefined;
  return level === "WARN" || level === "ERROR" || level === "FATAL";
}

/**
 * Splits plain text into entries: one a line, but a stack trace stays with the line above it. A Python traceback ends
 * with an unindented line that names the exception; that one belongs to it too.
 */
export function splitTextLines(body: string): TextEntry[] {
  const entries: TextEntry[] = [];
  let current: { message: string; rest: string[] } | undefined;
  let inTraceback = false;
  const close = (): void => {
    if (current === undefined) return;
    const entry: TextEntry = { message: current.message };
    if (current.rest.length > 0) entry.trace = current.rest.join("\n");
    const timestamp = LEADING_TIMESTAMP.exec(current.message)?.[1];
    if (timestamp !== undefined) entry.timestamp = timestamp;
    entries.push(entry);
  };
  for (const raw of body.split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line.trim() === "") continue;
    const goesOn = current !== undefined && continues(line, current.message);
    if (current !== undefined && (goesOn || inTraceback)) {
      current.rest.push(line);
      inTraceback = line.startsWith("Traceback (") || (inTraceback && goesOn);
      continue;
    }
    close();
    current = { message: line, rest: [] };
    inTraceback = line.startsWith("Traceback (");
  }
  close();
  return entries;
}
