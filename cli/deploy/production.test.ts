import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Commands, plan } from "./commands.ts";
import { exampleVars, NO_DATABASE, readProduction } from "./production.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log0-production-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(production: string) {
  const file = join(directory, "wrangler.toml");
  writeFileSync(file, `name = "x"\ncompatibility_date = "2026-10-01"\n[env.production]\n${production}`);
  return readProduction(file);
}

test("a queue is needed once, whether it is written to, read from, or takes dead letters", () => {
  const { queues } = read(`[[env.production.queues.producers]]
binding = "A"
queue = "a"
[[env.production.queues.consumers]]
queue = "a"
dead_letter_queue = "dead"
[[env.production.queues.consumers]]
queue = "b"
dead_letter_queue = "dead"
`);
  expect(queues).toEqual(["a", "dead", "b"]);
});

test("the zero id, like none, is no id", () => {
  const database = (id: string) =>
    read(`[[env.production.d1_databases]]\nbinding = "DB"\ndatabase_name = "log0"\n${id}\n`).databases;
  expect(database(`database_id = "${NO_DATABASE}"`)).toEqual([{ name: "log0", id: undefined, hasMigrations: false }]);
  expect(database("")).toEqual(database(`database_id = "${NO_DATABASE}"`));
  expect(database('database_id = "abc"')).toMatchObject([{ id: "abc" }]);
});

test("a database without a name is an error that says where", () => {
  const toml = '[[env.production.d1_databases]]\nbinding = "DB"\ndatabase_id = "abc"\n';
  expect(() => read(toml)).toThrow(/\[env\.production\] of .*wrangler\.toml: d1_databases\.0\.database_name: /);
});

test("a bucket of a jurisdiction is looked for and made there", () => {
  const bucket = '[[env.production.r2_buckets]]\nbinding = "B"\nbucket_name = "log0"\njurisdiction = "eu"\n';
  const commands = plan(read(bucket), new Commands({}), [], false).map(({ command }) => command.args.join(" "));
  expect(commands).toContain("r2 bucket list --jurisdiction eu --env production");
  expect(commands).toContain("r2 bucket create log0 --jurisdiction eu --env production");
});

test.each([
  ["https://log0.example.workers.dev", true],
  ["log0@example.com", true],
  ["https://example.com", true],
  ["https://logs.acme.io", false],
  ["https://myexample.io", false],
])("%s: an example is %s", (value, is) => {
  expect(exampleVars({ URL: value })).toEqual(is ? ["URL"] : []);
});
