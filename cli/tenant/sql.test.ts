import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fragment, sql, sqlLiteral } from "./sql.ts";

const database = new DatabaseSync(":memory:");
const roundTrip = (value: string | number | null) =>
  database.prepare(`SELECT ${sqlLiteral(value)} AS value`).get()?.value;

test.each([
  ["text", "abc", "'abc'"],
  ["a quote", "o'brien", "'o''brien'"],
  ["an attempt to break out", "'; DROP TABLE tenants; --", "'''; DROP TABLE tenants; --'"],
  ["a backslash, which SQLite does not know", "\\'", "'\\'''"],
  ["nothing", "", "''"],
  ["a carriage return", "a\r\nb", "('a'||char(13)||'\nb')"],
  ["an integer", 1_790_000_000_000, "1790000000000"],
  ["a negative integer", -1, "-1"],
  ["null", null, "NULL"],
])("writes %s", (_name, value, literal) => {
  expect(sqlLiteral(value)).toBe(literal);
});

test("any text without NUL comes out as it went in", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      fc.pre(!text.includes("\0"));
      expect(roundTrip(text)).toBe(text);
    }),
  );
});

test("text made of what SQL and its splitters watch for comes out as it went in", () => {
  const pieces = fc.constantFrom(
    "'",
    '"',
    "`",
    ";",
    "--",
    "/*",
    "*/",
    "\\",
    "[",
    "]",
    "\n",
    "\r",
    "\r\n",
    "%",
    "?",
    ":a",
    "ü",
    "🙂",
  );
  fc.assert(
    fc.property(
      fc.array(pieces).map((list) => list.join("")),
      (text) => {
        expect(roundTrip(text)).toBe(text);
      },
    ),
  );
});

test("any safe integer comes out as it went in", () => {
  const read = (value: number) => {
    const statement = database.prepare(`SELECT ${sqlLiteral(value)} AS value`);
    statement.setReadBigInts(true);
    return statement.get()?.value;
  };
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(read(value)).toBe(BigInt(value));
    }),
  );
});

test.each([
  ["NUL", "a\0b"],
  ["half a surrogate pair", "a\ud800b"],
  ["a fraction", 0.5],
  ["an unsafe integer", 2 ** 53],
  ["not a number", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
])("refuses %s", (_name, value) => {
  expect(() => sqlLiteral(value)).toThrow(RangeError);
});

test("the template turns every interpolated value into a literal", () => {
  expect(sql` SELECT ${"it's"}, ${2}, ${null} `).toBe("SELECT 'it''s', 2, NULL");
  expect(sql`SELECT 1`).toBe("SELECT 1");
});

test("a fragment stands in a statement as it is, its own values as literals", () => {
  expect(sql`SELECT ${fragment`name = ${"it's"}`} FROM t`).toBe("SELECT name = 'it''s' FROM t");
});
