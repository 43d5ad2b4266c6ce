import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Answer, Call } from "./stub-wrangler.ts";

// A Cloudflare account as wrangler 4.155 shows it: commands, flags, words and limits are those of its source.

export interface Account {
  databases: { uuid: string; name: string; migrated: boolean }[];
  buckets: string[];
  queues: string[];
  /** Null before anything was deployed or got a secret. */
  worker: { name: string; code: "empty" | "deployed"; secrets: Record<string, string> } | null;
  /** The next id. */
  nextId: number;
  /** Queues on one page. */
  pageSize: number;
  /** Runs that begin so fail, having changed nothing. */
  fail: { command: string; answer: Answer } | null;
  /** So many runs do what they shall; the one after the last of them is not reached. Null for no end. */
  runsLeft: number | null;
  /** What comes with the last of them. */
  lastSignal: "SIGINT" | "SIGKILL" | null;
}

export const emptyAccount: Account = {
  databases: [],
  buckets: [],
  queues: [],
  worker: null,
  nextId: 1,
  pageSize: 100,
  fail: null,
  runsLeft: null,
  lastSignal: null,
};

/** Flags of their own, and the arguments without a flag, of the commands that a deployment uses. */
const SYNTAX: Record<string, { flags: Record<string, "string" | "boolean">; positionals: number }> = {
  "d1 list": { flags: { json: "boolean" }, positionals: 0 },
  "d1 create": { flags: { location: "string", jurisdiction: "string" }, positionals: 1 },
  "d1 migrations apply": { flags: { remote: "boolean", local: "boolean" }, positionals: 1 },
  "r2 bucket list": { flags: { jurisdiction: "string" }, positionals: 0 },
  "r2 bucket create": { flags: { jurisdiction: "string", location: "string" }, positionals: 1 },
  "queues list": { flags: { page: "string" }, positionals: 0 },
  "queues create": { flags: { jurisdiction: "string" }, positionals: 1 },
  "secret list": { flags: { name: "string", format: "string" }, positionals: 0 },
  "secret bulk": { flags: { name: "string" }, positionals: 0 },
  deploy: { flags: { name: "string", "dry-run": "boolean" }, positionals: 0 },
};

interface Run {
  account: Account;
  /** The one argument without a flag, where there is one. */
  argument: string;
  flags: Record<string, string | boolean | undefined>;
  input: string;
}

export function answer({ args, input }: Call, account: Account): Answer {
  if (account.runsLeft === 0) return error("the run was cut off");
  const command = Object.keys(SYNTAX).find((name) => `${args.join(" ")} `.startsWith(`${name} `));
  const syntax = command === undefined ? undefined : SYNTAX[command];
  if (command === undefined || syntax === undefined) return error(`Unknown argument: ${args[0]}`);
  if (account.fail !== null && `${args.join(" ")} `.startsWith(`${account.fail.command} `)) return account.fail.answer;
  let flags: Run["flags"];
  let positionals: string[];
  try {
    const own = Object.entries({ ...syntax.flags, env: "string", config: "string" } as const);
    ({ values: flags, positionals } = parseArgs({
      args: args.slice(command.split(" ").length),
      options: Object.fromEntries(own.map(([name, type]) => [name, { type }])),
      allowPositionals: true,
    }));
  } catch (failure) {
    return error(failure instanceof Error ? failure.message : String(failure));
  }
  if (positionals.length !== syntax.positionals) return error("Not enough non-option arguments, or too many");
  const result = RUN[command]?.({ account, argument: positionals[0] ?? "", flags, input }) ?? error("not scripted");
  if (account.runsLeft !== null) account.runsLeft -= 1;
  return account.runsLeft === 0 && account.lastSignal !== null ? { ...result, signal: account.lastSignal } : result;
}

const RUN: Record<string, (run: Run) => Answer> = {
  "d1 list": ({ account, flags }) =>
    flags.json === true
      ? {
          stdout: `${JSON.stringify(
            account.databases.map(({ uuid, name }) => ({ uuid, name, version: "production" })),
            null,
            2,
          )}\n`,
        }
      : error("the test wants --json"),
  "d1 create": ({ account, argument }) => {
    if (account.databases.some(({ name }) => name === argument))
      return error("A database with that name already exists");
    const uuid = `d1d1d1d1-0000-4000-8000-${String(account.nextId++).padStart(12, "0")}`;
    account.databases.push({ uuid, name: argument, migrated: false });
    const snippet = `[[d1_databases]]\nbinding = "${argument}"\ndatabase_name = "${argument}"\ndatabase_id = "${uuid}"\n`;
    return { stdout: `✅ Successfully created DB '${argument}'\nCreated your new D1 database.\n\n${snippet}\n` };
  },
  "d1 migrations apply": ({ account, argument, flags }) => {
    if (flags.remote !== true) return error("the test wants --remote");
    const table = productionTables(flags, "d1_databases").find((text) => value(text, "database_name") === argument);
    if (table === undefined)
      return error(`Couldn't find a D1 DB with the name or binding '${argument}' in your wrangler.toml file.`);
    const database = account.databases.find(({ uuid }) => uuid === value(table, "database_id"));
    if (database === undefined) return apiError("d1/database", "The database does not exist", 7404);
    const { migrated } = database;
    database.migrated = true;
    return { stdout: migrated ? "✅ No migrations to apply!\n" : "│ 0000_init.sql │ ✅     │\n" };
  },
  // Without `per_page`, Cloudflare answers with 20, and wrangler asks for no further page.
  "r2 bucket list": ({ account }) => ({
    stdout: `Listing buckets...\n${account.buckets
      .slice(0, 20)
      .map((name) => `name:           ${name}\ncreation_date:  2026-11-22T10:00:00Z`)
      .join("\n\n")}\n`,
  }),
  "r2 bucket create": ({ account, argument }) => {
    if (account.buckets.includes(argument)) {
      return apiError("r2/buckets", "The bucket you tried to create already exists, and you own it.", 10004);
    }
    account.buckets.push(argument);
    return {
      stdout: `Creating bucket '${argument}'...\n✅ Created bucket '${argument}' with default storage class of Standard.\n`,
    };
  },
  "queues list": ({ account, flags }) => {
    const first = (Number(flags.page ?? 1) - 1) * account.pageSize;
    const page = account.queues.slice(first, first + account.pageSize);
    if (page.length === 0) return { stdout: "\n" };
    const rows = page.map((name, index) => `│ ${index} │ ${name} │ 2026 │ 2026 │ 0 │ 0 │`);
    return {
      stdout: [
        "┌─┐",
        "│ id │ name │ created_on │ modified_on │ producers │ consumers │",
        "├─┤",
        ...rows,
        "└─┘",
        "",
      ].join("\n"),
    };
  },
  "queues create": ({ account, argument }) => {
    if (account.queues.includes(argument))
      return apiError("queues", `Queue name '${argument}' is already taken.`, 11009);
    account.queues.push(argument);
    return { stdout: `🌀 Creating queue '${argument}'\n✅ Created queue '${argument}'\n` };
  },
  "secret list": ({ account, flags }) => {
    const name = workerName(flags);
    if (account.worker?.name !== name)
      return error(`Worker "${name}"${flags.env ? ` (env: ${flags.env})` : ""} not found.`);
    const secrets = Object.keys(account.worker.secrets).map((secret) => ({ name: secret, type: "secret_text" }));
    return { stdout: `${JSON.stringify(secrets, null, 2)}\n` };
  },
  "secret bulk": ({ account, flags, input }) => {
    // The real one says so, too, and exits with 0.
    if (input === "") return { stderr: "✘ [ERROR] 🚨 No content found in file, or piped input.\n" };
    const secrets: Record<string, string> = JSON.parse(input);
    if (account.worker?.name !== workerName(flags)) {
      account.worker = { name: workerName(flags), code: "empty", secrets: {} };
    }
    Object.assign(account.worker.secrets, secrets);
    const names = Object.keys(secrets);
    const lines = names.map((name) => `✨ Successfully created secret for key: ${name}\n`).join("");
    return { stdout: `${lines}\nFinished processing secrets file:\n✨ ${names.length} secrets successfully created\n` };
  },
  deploy: ({ account, flags }) => {
    for (const table of [
      ...productionTables(flags, "queues.producers"),
      ...productionTables(flags, "queues.consumers"),
    ]) {
      for (const queue of [value(table, "queue"), value(table, "dead_letter_queue")]) {
        if (queue !== undefined && !account.queues.includes(queue)) return error(`Queue "${queue}" does not exist.`);
      }
    }
    for (const table of productionTables(flags, "r2_buckets")) {
      const bucket = value(table, "bucket_name") ?? "";
      if (!account.buckets.includes(bucket))
        return apiError("workers/scripts", `R2 bucket '${bucket}' not found`, 10085);
    }
    for (const table of productionTables(flags, "d1_databases")) {
      if (!account.databases.some(({ uuid }) => uuid === value(table, "database_id"))) {
        return error("You must use a real database in the database_id configuration.");
      }
    }
    const name = typeof flags.name === "string" ? flags.name : "log0";
    account.worker = { name, code: "deployed", secrets: account.worker?.name === name ? account.worker.secrets : {} };
    return {
      stdout: `Uploaded ${name} (1.00 sec)\nDeployed ${name} triggers (0.10 sec)\n  https://${name}.sub.workers.dev\n  schedule: * * * * *\nCurrent Version ID: 00000000-0000-4000-8000-000000000001\n`,
    };
  },
};

/** As wrangler's getLegacyScriptName: a name and an environment are joined. */
function workerName({ name, env }: Run["flags"]): string {
  if (typeof name !== "string") return "log0";
  return env === undefined ? name : `${name}-${env}`;
}

/** The text of each table of the name in [env.production]. */
function productionTables({ env, config }: Run["flags"], table: string): string[] {
  if (env !== "production") return [];
  const file = typeof config === "string" ? config : "wrangler.toml";
  const [, ...tables] = readFileSync(file, "utf8").split(`[[env.production.${table}]]`);
  return tables.map((text) => text.split("\n[")[0] ?? "");
}

function value(table: string, key: string): string | undefined {
  return new RegExp(`^${key} = "([^"]*)"`, "m").exec(table)?.[1];
}

function error(text: string): Answer {
  return {
    status: 1,
    stderr: `\n\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m${text}\u001b[0m\n\n\n🪵  Logs were written to "x.log"\n`,
  };
}

function apiError(path: string, text: string, code: number): Answer {
  return error(
    `A request to the Cloudflare API (/accounts/a/${path}) failed.\n\n  ${text} [code: ${code}]\n  \n  If you think this is a bug, please open an issue`,
  );
}
