import * as fc from "fast-check";
import { LEVELS } from "../../../schema/contracts/levels.ts";
import type { LogRow } from "../log-row.ts";

export function row(over: Partial<LogRow> = {}): LogRow {
  return {
    chunkId: "0199ddb8-d6fb-7a2f-abaa-8abe708f0000",
    index: 18,
    timestamp: Date.parse("2026-01-31T08:00:00.500Z"),
    receivedAt: Date.parse("2026-01-31T08:00:01Z"),
    level: "ERROR",
    serviceName: "payment",
    environment: "production",
    message: "connection timeout to 10.0.0.1",
    template: "connection timeout to <ip>",
    fingerprint: "ab".repeat(32),
    ...over,
  };
}

export const WORDS = [
  "error",
  "Timeout",
  "a",
  "foo_bar",
  "Zürich",
  "ΟΔΟΣ",
  "İz",
  "𝐀b",
  "日本",
  "500",
  "42",
  "1e3",
  "true",
  "null",
];
const COMPOUNDS = ["10.0.0.1", "user@example.com", "x-y", "4bf92f35-77b3", "a=b", "C:\\temp", "f/g", "-", "été!"];
const SEPARATORS = [" ", "  ", "\n", "-", ".", ", ", "=", "/", "", '"', "\\", "\ud800", "\udc00", "\u0301"];
export const vocabulary = fc.constantFrom(...WORDS, ...COMPOUNDS);

export const text = fc
  .array(fc.tuple(vocabulary, fc.constantFrom(...SEPARATORS)), { maxLength: 6 })
  .map((parts) => parts.flat().join(""));
const anyText = fc.oneof({ weight: 5, arbitrary: text }, fc.string({ unit: "binary", maxLength: 30 }));

const KEYS = ["user", "id", "user.id", "http", "status", "tags", "0", "__proto__", "a"];
const leaf = fc.oneof(
  anyText,
  vocabulary,
  fc.constantFrom(0, 42, 500, 1000, -1, 4.5, 1e21, true, false, null),
  fc.double(),
  fc.constant("2026-01-31T08:00:00Z"),
);
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 3 }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));

/** The same JSON with each letter written as an escape. */
const escaped = (source: string) =>
  source.replace(/"(?:[^"\\])*"/g, (string) =>
    string.replace(/[a-z]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
const attributes = fc.oneof(
  fc.dictionary(fc.constantFrom(...KEYS), json, { maxKeys: 4 }).map((value) => JSON.stringify(value)),
  json.map((value) => escaped(JSON.stringify(value) ?? "")),
  fc.constantFrom('{"n":1e999}', '{"n":1e2,"s":"x"}', "{", "[[[[1]]]]", ""),
);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Rows of the words that queries are made of, and hostile ones. */
export const rows: fc.Arbitrary<LogRow> = fc
  .record({
    level: fc.constantFrom(...LEVELS),
    serviceName: vocabulary,
    environment: fc.constantFrom("production", "Staging", ""),
    message: anyText,
    template: anyText,
    timestamp: fc.integer({ min: Date.parse("2026-01-30"), max: Date.parse("2026-02-02") }),
    trace: optional(anyText),
    traceId: optional(vocabulary),
    attributes: optional(attributes),
  })
  .map(({ trace, traceId, attributes: found, ...rest }) => ({
    ...row(rest),
    ...(trace === undefined ? {} : { trace }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(found === undefined ? {} : { attributes: found }),
  }));
