import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "../tenant/input.ts";
import { type Production, readProduction } from "./production.ts";

const HEADER = /^\s*\[/;
const DATABASES = /^\s*\[\[\s*env\s*\.\s*production\s*\.\s*d1_databases\s*\]\]/;
const ID = /^(\s*database_id\s*=\s*)("[^"]*"|'[^']*')/;

/**
 * The text with the id of one database of [env.production] set; every other character, comments too, stays as it is.
 * Undefined when the database has no table `[[env.production.d1_databases]]` of its own there.
 */
export function withDatabaseId(toml: string, database: string, id: string): string | undefined {
  const lines = toml.split("\n");
  for (const [start, line] of lines.entries()) {
    if (!DATABASES.test(line)) continue;
    const length = lines.slice(start + 1).findIndex((next) => HEADER.test(next));
    const end = length === -1 ? lines.length : start + 1 + length;
    const table = lines.slice(start, end);
    const name = table.findIndex((entry) => /^\s*database_name\s*=\s*["']([^"']*)["']/.exec(entry)?.[1] === database);
    if (name === -1) continue;
    const at = table.findIndex((entry) => ID.test(entry));
    const changed =
      at === -1
        ? table.toSpliced(name + 1, 0, `database_id = "${id}"${table[name]?.endsWith("\r") === true ? "\r" : ""}`)
        : table.with(at, (table[at] ?? "").replace(ID, `$1"${id}"`));
    return [...lines.slice(0, start), ...changed, ...lines.slice(end)].join("\n");
  }
  return undefined;
}

/**
 * Sets the id of a database in the file, which is whole at every moment, and returns what the file says now.
 *
 * @throws UsageError when the file is written in a way that this cannot edit: nothing has changed then
 */
export function writeDatabaseId(production: Production, database: string, id: string): Production {
  // Through a link to the file itself: renaming onto the link would replace the link.
  const file = realpathSync(production.file);
  const changed = withDatabaseId(readFileSync(file, "utf8"), database, id);
  const copy = join(dirname(file), `.${process.pid}.${basename(file)}`);
  try {
    if (changed !== undefined) {
      writeFileSync(copy, changed, { mode: statSync(file).mode, flush: true });
      const databases = production.databases.map((entry) => (entry.name === database ? { ...entry, id } : entry));
      const expected = { ...production, databases };
      // As wrangler reads it: the edit is by line, and must have changed the one value and nothing else.
      if (isDeepStrictEqual({ ...readProduction(copy), file: production.file }, expected)) {
        renameSync(copy, file);
        return expected;
      }
    }
  } finally {
    rmSync(copy, { force: true });
  }
  throw new UsageError(
    `${production.file} cannot be edited: put database_id = "${id}" for "${database}" into [[env.production.d1_databases]], then run this again`,
  );
}
