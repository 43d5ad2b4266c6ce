import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import * as z from "zod";
import { sourceLimitReached } from "../../core/limits/sources.ts";
import { DEDUP_MODES, PARSER_HINTS, PLANS } from "../../schema/contracts/plans.ts";
import type { Row } from "../wrangler.ts";
import { parseChoice, parseEnvironment, parseSourceName, parseTenantName, quote, UsageError } from "./input.ts";
import { formatTable, formatTime } from "./output.ts";
import * as statements from "./statements/sources.ts";
import { command, mustExist, perform, type RemoteOption, type Task } from "./task.ts";

interface CreateOptions extends RemoteOption {
  environment: string;
  parser: string;
  dedup: string;
}

export function addSourceCommands(program: Command): void {
  const source = program.command("source").description("sources of a tenant's logs");

  command(source, "create <tenant> <source-name>", "create a source; keys are made for it by key create --source")
    .option("--environment <name>", "of logs that name none", "production")
    .option("--parser <hint>", `how bodies without a clear Content-Type are read: ${PARSER_HINTS.join(", ")}`, "auto")
    .option("--dedup <by>", `how repeated events are told: ${DEDUP_MODES.join(", ")}`, "none")
    .action((tenant: string, name: string, options: CreateOptions) =>
      perform(options, () => createSource(tenant, name, options)),
    );

  command(source, "delete <tenant> <source-name>", "delete a source; its logs stay, its keys are revoked").action(
    (tenant: string, name: string, options: RemoteOption) => perform(options, () => deleteSource(tenant, name)),
  );

  command(source, "list <tenant>", "list the sources of a tenant").action((tenant: string, options: RemoteOption) =>
    perform(options, () => listSources(tenant)),
  );
}

function createSource(tenant: string, name: string, options: CreateOptions): Task {
  const source = {
    name: parseSourceName(name),
    environment: parseEnvironment(options.environment),
    parserHint: parseChoice(options.parser, "parser", PARSER_HINTS),
    dedup: parseChoice(options.dedup, "deduplication", DEDUP_MODES),
  };
  return {
    statements: statements.createSource(parseTenantName(tenant), randomUUID(), source, Date.now()),
    report: ([found, same, inserted]) => {
      const plan = parseChoice(mustExist(found, tenant).plan, "plan", PLANS);
      if (same?.length !== 0) throw new UsageError(`tenant ${tenant} has a source ${quote(name)} already`);
      if (inserted?.length !== 1) throw new UsageError(sourceLimitReached(plan).message);
      return [
        `Source ${quote(source.name)} is created.`,
        "A key for it: npm run tenant -- key create <tenant> <key-name> --source <source-name>",
      ];
    },
  };
}

function deleteSource(tenant: string, name: string): Task {
  return {
    statements: statements.deleteSource(parseTenantName(tenant), parseSourceName(name), Date.now()),
    report: ([found, deleted, , keys = []]) => {
      mustExist(found, tenant);
      if (deleted?.length !== 1) throw new UsageError(`tenant ${tenant} has no source ${quote(name)}`);
      return [`Source ${quote(name)} is deleted; its logs stay.`, ...keys.map((key) => `Key ${key.name} is revoked.`)];
    },
  };
}

function listSources(tenant: string): Task {
  return {
    statements: statements.listSources(parseTenantName(tenant)),
    report: ([found, sources = []]) => {
      mustExist(found, tenant);
      return sourceTable(sources);
    },
  };
}

const SourceRow = z.object({
  name: z.string(),
  environment: z.string(),
  parser_hint: z.string(),
  dedup: z.string(),
  created_at: z.number(),
});

/** The rows of `statements.listSources` as a table. */
export function sourceTable(sources: Row[]): string[] {
  return formatTable(
    ["NAME", "ENVIRONMENT", "PARSER", "DEDUP", "CREATED"],
    z
      .array(SourceRow)
      .parse(sources)
      .map((row) => [row.name, row.environment, row.parser_hint, row.dedup, formatTime(row.created_at)]),
  );
}
