import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import { eventIdOf } from "../ids.ts";
import { CSV, csvField, NDJSON } from "./export-format.ts";
import type { LogRow } from "./log-row.ts";
import { presentLog } from "./present-log.ts";
import { row, text } from "./segment/segment.fixtures.ts";

const TENANT = "7a1f1c1e-1111-4111-8111-111111111111";

/** Text with what CSV and spreadsheets give a meaning. */
const nasty = fc.oneof(
  text,
  fc
    .array(fc.constantFrom("=", "+", "-", "@", '"', "'", ",", ";", "\r", "\n", "\t", "\0", "a", "é", "＝"), {
      maxLength: 8,
    })
    .map((parts) => parts.join("")),
);

const rows = fc
  .record(
    {
      index: fc.nat({ max: 65_535 }),
      level: fc.constantFrom(...LEVELS),
      serviceName: nasty,
      environment: nasty,
      message: nasty,
      template: nasty,
      trace: nasty,
      traceId: nasty,
      attributes: fc.dictionary(nasty, nasty).map((attributes) => JSON.stringify(attributes)),
      nanoseconds: fc.nat({ max: 999_999 }),
    },
    { requiredKeys: ["message", "serviceName"] },
  )
  .map(row);

/** Reads what RFC 4180 describes, one character after the other. */
function parseCsv(csv: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < csv.length) {
    let field = "";
    if (csv[at] === '"') {
      for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) {
        if (at >= csv.length) throw new Error("a field is not closed");
        if (csv[at] === '"') at++;
        field += csv[at];
      }
      at++;
    } else while (at < csv.length && csv[at] !== "," && csv[at] !== "\r") field += csv[at++];
    record.push(field);
    if (csv[at] === ",") at++;
    else if (csv.startsWith("\r\n", at)) {
      records.push(record);
      record = [];
      at += 2;
    } else throw new Error(`no end of a field at ${at}`);
  }
  return records;
}

const shown = (one: LogRow) => presentLog(TENANT, { eventId: eventIdOf(one.chunkId, one.index), row: one });
const isFormula = (field: string) => /^[=+\-@\t\r\n\0＝＋－＠]/.test(field);
const unguarded = (field: string | undefined) =>
  field?.startsWith("'") === true && isFormula(field.slice(1)) ? field.slice(1) : field;

describe("a CSV field", () => {
  it.each([
    ["plain text", "a b", '"a b"'],
    ["nothing", "", '""'],
    ["quotes, doubled", 'say "hi"', '"say ""hi"""'],
    ["line breaks as they are", "a\r\nb\nc", '"a\r\nb\nc"'],
    ["a comma", "a,b", '"a,b"'],
    ["a NUL within", "a\0b", '"a\0b"'],
    ["=", "=1+1", `"'=1+1"`],
    ["= with quotes", '=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ["+", "+1", `"'+1"`],
    ["-", "-1", `"'-1"`],
    ["@", "@SUM(A1)", `"'@SUM(A1)"`],
    ["a tab in front", "\t=1", `"'\t=1"`],
    ["a carriage return in front", "\r=1", `"'\r=1"`],
    ["a line feed in front", "\n=1", `"'\n=1"`],
    ["a NUL in front", "\0=1", `"'\0=1"`],
    ["a full-width sign", "＝1", `"'＝1"`],
    ["a sign further on", "a=1", '"a=1"'],
    ["an apostrophe", "'a", `"'a"`],
  ])("with %s", (_name, given, expected) => expect(csvField(given)).toBe(expected));

  it("reads back as the text, and never as a formula", () => {
    fc.assert(
      fc.property(nasty, (given) => {
        const [[field, ...others] = [], ...lines] = parseCsv(`${csvField(given)}\r\n`);
        expect([others, lines]).toEqual([[], []]);
        expect(isFormula(field ?? "")).toBe(false);
        expect(field).toBe(isFormula(given) ? `'${given}` : given);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("an export", () => {
  it("as CSV has a header, and a record a log that reads back as the log", () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 5 }), (all) => {
        const [header = [], ...records] = parseCsv(CSV.header + all.map((one) => CSV.line(TENANT, one)).join(""));
        expect(header.length).toBe(12);
        expect(records.length).toBe(all.length);
        for (const [index, one] of all.entries()) {
          const cells = Object.fromEntries(header.map((name, column) => [name, unguarded(records[index]?.[column])]));
          const log = shown(one);
          expect(records[index]).toHaveLength(12);
          expect(cells).toMatchObject({
            timestamp: log.timestamp,
            level: log.level,
            eventId: log.eventId,
            receivedAt: log.receivedAt,
            attributes: one.attributes ?? "",
            fingerprint: log.fingerprint,
          });
          for (const [name, value] of Object.entries({
            service: log.serviceName,
            environment: log.environment,
            message: log.message,
            template: log.messageTemplate,
            trace: log.trace ?? "",
            traceId: log.traceId ?? "",
          })) {
            // A text that begins with an apostrophe and a sign stays as it is: the same as the guarded sign.
            expect([value, value.slice(1)]).toContain(cells[name]);
          }
        }
      }),
    );
  });

  it("as NDJSON has one line a log, which parses back to what the API shows", () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 5 }), (all) => {
        const lines = (NDJSON.header + all.map((one) => NDJSON.line(TENANT, one)).join("")).split("\n");
        expect(lines.pop()).toBe("");
        expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
          all.map((one): unknown => JSON.parse(JSON.stringify(shown(one)))),
        );
      }),
    );
  });

  it("has the bytes of UTF-8 whatever its text: a lone surrogate is replaced in CSV, and escaped in NDJSON", () => {
    const one = row({ message: "a\ud83d" });
    expect(NDJSON.line(TENANT, one)).toContain('"a\\ud83d"');
    expect(new TextDecoder().decode(new TextEncoder().encode(CSV.line(TENANT, one)))).toContain('"a\ufffd"');
  });
});
