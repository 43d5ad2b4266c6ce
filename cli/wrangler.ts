import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import * as z from "zod";

/** The checkout's root: wrangler finds wrangler.toml there. */
export const projectRoot = fileURLToPath(new URL("..", import.meta.url));

/** Where a command works: the local state, or production in the user's Cloudflare account. */
export type Target =
  | { remote: true }
  | {
      remote: false;
      /** Directory of the local state; wrangler's own default, `.wrangler/state`, when missing. */
      persistTo?: string;
    };

export interface WranglerResult {
  /** Exit status; null when a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Wrangler, or the database behind it, refused. The message is one line, in its words. */
export class WranglerError extends Error {
  override name = "WranglerError";
}

/**
 * Runs the project's wrangler with an argument array, never through a shell, with no prompts and no metrics. The
 * environment variable LOG0_WRANGLER names another executable (tests record calls with one).
 *
 * @param options.input what wrangler reads from its standard input; nothing when missing
 * @throws WranglerError when it cannot be started; a failure of its own is in the result's status
 */
export async function runWrangler(args: string[], options: { input?: string } = {}): Promise<WranglerResult> {
  const executable = process.env.LOG0_WRANGLER ?? join(projectRoot, "node_modules/.bin/wrangler");
  const child = spawn(executable, args, {
    cwd: projectRoot,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...process.env,
      // Wrangler needs Node 22: its `#!/usr/bin/env node` must find the Node that runs this, not the system's.
      PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
      CI: "1",
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      // No calls home: metrics, the look for a newer version (made with the banner), the request for a sample `cf` object.
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  // Wrangler may end without having read it.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new WranglerError(`wrangler could not be started: ${error.message}`)));
    child.on("close", resolve);
  });
  return { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const Results = z.array(z.object({ results: z.array(Row), success: z.literal(true) }));
const Failure = z.object({
  error: z.object({ text: z.string(), notes: z.array(z.object({ text: z.string() })).optional() }),
});

/** One row of a result: columns by name. */
export type Row = z.infer<typeof Row>;

/**
 * Runs the statements in D1 as one transaction and returns the rows of each. A local database that has not been migrated
 * is migrated first.
 *
 * @throws WranglerError with SQLite's or Cloudflare's message when a statement fails; nothing has changed then
 */
export async function executeD1(statements: string[], target: Target): Promise<Row[][]> {
  const execute = () => retryWhileBusy(target, () => executeOnce(statements, target));
  try {
    return await execute();
  } catch (error) {
    // Asking first would cost every command another start of wrangler, which is nearly all of its time.
    if (target.remote || !(error instanceof WranglerError) || !/no such (table|column)/.test(error.message))
      throw error;
  }
  const migration = await runWrangler(["d1", "migrations", "apply", "log0", ...targetFlags(target)]);
  try {
    // Whatever became of it: `npm start` may be migrating at the same time, and only one of the two succeeds.
    return await execute();
  } catch (error) {
    if (migration.status === 0) throw error;
    throw new WranglerError(`the local database could not be migrated: ${describeFailure(migration)}`);
  }
}

/**
 * Tries again while another process holds the local database's lock: SQLite has changed nothing then. Where the lock is
 * exclusive, as for a moment when the running system closes the database, workerd cannot open it, and says no more than
 * "internal error". Cloudflare's own error of that name says nothing about what has changed.
 */
async function retryWhileBusy<Result>(target: Target, execute: () => Promise<Result>): Promise<Result> {
  const busy = target.remote ? /SQLITE_BUSY/ : /SQLITE_BUSY|^internal error; reference = /;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await execute();
    } catch (error) {
      if (attempt === 5 || !(error instanceof WranglerError) || !busy.test(error.message)) throw error;
      await sleep(attempt * 200);
    }
  }
}

async function executeOnce(statements: string[], target: Target): Promise<Row[][]> {
  // --command and not --file: for a remote database, only that answers with rows, and it runs the list as one batch.
  const result = await runWrangler([
    "d1",
    "execute",
    "log0",
    "--json",
    "--yes",
    ...targetFlags(target),
    `--command=${statements.join(";\n")}`,
  ]);
  const answer = Results.safeParse(parseJson(result.stdout));
  // The status alone proves nothing: wrangler exits with 0 when a signal ends it.
  if (result.status !== 0 || !answer.success) throw new WranglerError(describeFailure(result));
  if (answer.data.length !== statements.length) {
    throw new WranglerError(`wrangler answered ${answer.data.length} results to ${statements.length} statements`);
  }
  return answer.data.map(({ results }) => results);
}

function targetFlags(target: Target): string[] {
  if (target.remote) return ["--remote", "--env", "production"];
  return ["--local", ...(target.persistTo === undefined ? [] : ["--persist-to", target.persistTo])];
}

/** The reason of a failure in one line: from the JSON that `--json` prints, else the first error on stderr. */
export function describeFailure({ status, stdout, stderr }: WranglerResult): string {
  const failure = Failure.safeParse(parseJson(stdout));
  if (failure.success) {
    const { text, notes = [] } = failure.data.error;
    return oneLine([text, ...notes.map((note) => note.text)].join(": "));
  }
  const lines = stripVTControlCharacters(`${stderr}\n${stdout}`)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const line = errorBlock(lines) ?? lines.find((candidate) => /error/i.test(candidate)) ?? lines[0];
  return line === undefined ? `wrangler stopped with status ${status} and said nothing` : oneLine(line);
}

/** `✘ [ERROR]` with the indented lines below it: what Cloudflare's API said stands there. */
function errorBlock(lines: string[]): string | undefined {
  const start = lines.findIndex((line) => line.includes("[ERROR]"));
  if (start === -1) return undefined;
  const end = lines.findIndex(
    (line, index) => index > start && (!/^\s/.test(line) || line.includes("If you think this")),
  );
  const block = lines.slice(start, end === -1 ? undefined : end).join(" ");
  return block.slice(block.indexOf("[ERROR]") + "[ERROR]".length);
}

/** The text without line breaks and control sequences, its middle left out above 500 characters. */
export function oneLine(text: string): string {
  const line = stripVTControlCharacters(text).replaceAll(/\s+/g, " ").trim();
  return line.length > 500 ? `${line.slice(0, 250)} … ${line.slice(-250)}` : line;
}

/** The JSON in wrangler's output, which may begin with warnings in spite of `--json`. */
export function parseJson(output: string): unknown {
  const start = output.search(/^[[{]\s*$/m);
  try {
    return JSON.parse(output.slice(Math.max(start, 0)));
  } catch {
    return undefined;
  }
}
