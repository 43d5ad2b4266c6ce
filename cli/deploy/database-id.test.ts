import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withDatabaseId, writeDatabaseId } from "./database-id.ts";
import { readProduction } from "./production.ts";

const ID = "aaaaaaaa-0000-4000-8000-000000000001";
const ZERO = "00000000-0000-0000-0000-000000000000";
const table = (...lines: string[]) => ["[[env.production.d1_databases]]", ...lines, ""].join("\n");
const local = `[[d1_databases]] # local\ndatabase_name = "log0"\ndatabase_id = "${ZERO}"\n\n`;

test.each([
  [
    "replaces the id",
    [`database_name = "log0"`, `database_id = "${ZERO}"`],
    [`database_name = "log0"`, `database_id = "${ID}"`],
  ],
  [
    "keeps spaces and comments",
    [`  database_id="x" # one`, `database_name = 'log0' # two`],
    [`  database_id="${ID}" # one`, `database_name = 'log0' # two`],
  ],
  [
    "adds an id where there is none",
    [`database_name = "log0"`, `binding = "DB"`],
    [`database_name = "log0"`, `database_id = "${ID}"`, `binding = "DB"`],
  ],
  [
    "keeps the line ends of Windows",
    [`database_name = "log0"\r`, `database_id = "x"\r`],
    [`database_name = "log0"\r`, `database_id = "${ID}"\r`],
  ],
  [
    "adds a line with the line end of Windows",
    [`database_name = "log0"\r`],
    [`database_name = "log0"\r`, `database_id = "${ID}"\r`],
  ],
])("%s, in production's table of that database only", (_rule, before, after) => {
  const other = table(`database_name = "other"`, `database_id = "${ZERO}"`);
  expect(withDatabaseId(local + other + table(...before) + other, "log0", ID)).toBe(
    local + other + table(...after) + other,
  );
});

test.each([
  ["a database of another name", table(`database_name = "log1"`, `database_id = "${ZERO}"`)],
  ["an inline table", `[env.production]\nd1_databases = [{ database_name = "log0", database_id = "${ZERO}" }]\n`],
  ["the local database", local],
])("leaves %s alone", (_what, toml) => {
  expect(withDatabaseId(toml, "log0", ID)).toBeUndefined();
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log0-toml-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const head = `name = "log0"\ncompatibility_date = "2026-10-01"\n`;
const binding = `binding = "DB"`;

test("the file keeps its mode and its link, and no copy is left beside it", () => {
  const [file, link] = [join(directory, "real.toml"), join(directory, "wrangler.toml")];
  writeFileSync(file, head + table(binding, `database_name = "log0"`, `database_id = "${ZERO}"`));
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  expect(writeDatabaseId(readProduction(link), "log0", ID).databases[0]?.id).toBe(ID);
  expect(readFileSync(link, "utf8")).toContain(ID);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory).toSorted()).toEqual(["real.toml", "wrangler.toml"]);
});

test.each([
  ["an inline table", `${head}[env.production]\nd1_databases = [{ ${binding}, database_name = "log0" }]\n`],
  [
    // The line that looks like the id is a part of a text.
    "a text of several lines that looks like a table",
    `${head}[env.production.vars]\nTEXT = """\n${table(`database_name = "log0"`, `database_id = "x"`)}"""\n${table(binding, `database_name = "log0"`)}`,
  ],
])("a file with %s is left as it is, and the message says what to write", (_what, toml) => {
  const file = join(directory, "wrangler.toml");
  writeFileSync(file, toml);
  expect(() => writeDatabaseId(readProduction(file), "log0", ID)).toThrow(`put database_id = "${ID}" for "log0"`);
  expect(readFileSync(file, "utf8")).toBe(toml);
  expect(readdirSync(directory)).toEqual(["wrangler.toml"]);
});
