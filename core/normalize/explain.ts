import type { VariableClass } from "./classes.ts";
import { type NormalizedMessage, readMessage, withoutLead } from "./normalize-message.ts";
import type { TraceLanguage } from "./stack/parse.ts";
import type { Structured } from "./structured.ts";
import { template } from "./template.ts";
import { type FieldRange, fieldRanges } from "./value-ranges.ts";

/** A masked part of a message: UTF-16 offsets into the message as it was given, `end` exclusive. */
export interface ExplainedToken {
  readonly class: VariableClass;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What `normalizeMessage` makes of a log, and from what. */
export interface ExplainedMessage extends NormalizedMessage {
  readonly kind: "text" | "json" | "logfmt";
  /** The language of the stack trace, where there is one. */
  readonly language?: TraceLanguage;
  /** In the order of the message, without overlaps. Empty when the text that was used is not part of the message. */
  readonly tokens: readonly ExplainedToken[];
}

/** How a text can be written inside a structured message: as it is, or escaped by one or two levels of it. */
const escapedOnce = (text: string): string => JSON.stringify(text).slice(1, -1);
const ENCODINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  escapedOnce,
  (text) => text.replaceAll('"', '\\"'),
  (text) => escapedOnce(escapedOnce(text)),
];

/** The masked parts of `line`, which is searched in `message` between `from` and `to`. Undefined if it is not there. */
function tokensOf(message: string, line: string, from: number, to: number): ExplainedToken[] | undefined {
  for (const encoded of ENCODINGS) {
    const written = encoded(line);
    const at = message.indexOf(written, from);
    if (at < 0 || at + written.length > to) continue;
    const place =
      written === line ? (offset: number) => offset : (offset: number) => encoded(line.slice(0, offset)).length;
    return template(line).tokens.map((token) => {
      const start = at + place(token.start);
      const end = at + place(token.end);
      return { class: token.class, start, end, text: message.slice(start, end) };
    });
  }
  return undefined;
}

const asValue =
  (message: string) =>
  ({ start, end }: FieldRange): ExplainedToken => ({ class: "value", start, end, text: message.slice(start, end) });

/** The masked parts of the message field; where it cannot be found, the values of all fields. */
function structuredTokens(message: string, lead: number, { kind, line, field }: Structured): readonly ExplainedToken[] {
  const ranges = fieldRanges(message, lead, kind);
  for (const range of ranges) {
    if (range.name !== field || line === "") continue;
    const tokens = tokensOf(message, line, range.start, range.end);
    if (tokens !== undefined) return tokens;
  }
  return ranges.filter(({ start, end }) => end > start).map(asValue(message));
}

/** The same as `normalizeMessage`, with what was masked and where: for a page that tells why logs are one group. */
export function explainMessage(message: string, trace = ""): ExplainedMessage {
  const start = withoutLead(message);
  const lead = message.length - start.length;
  const { normalized, line, structured, trace: found } = readMessage(start, trace);
  return {
    kind: structured?.kind ?? "text",
    ...normalized,
    ...(found === undefined ? {} : { language: found.language }),
    tokens:
      structured === undefined
        ? (tokensOf(message, line, lead, message.length) ?? [])
        : structuredTokens(message, lead, structured),
  };
}
