import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { addAuditCommand } from "./tenant/audit.ts";
import { addDeletionCommands } from "./tenant/deletions.ts";
import { UsageError } from "./tenant/input.ts";
import { addKeyCommands } from "./tenant/keys.ts";
import { addMemberCommands } from "./tenant/members.ts";
import { addPlanCommands } from "./tenant/plan.ts";
import { addSourceCommands } from "./tenant/sources.ts";
import { addTenantCommands } from "./tenant/tenants.ts";
import { WranglerError } from "./wrangler.ts";

// npm run tenant -- create acme --plan starter --admin-email a@acme.test [--remote]

function buildProgram(): Command {
  const program = new Command("tenant")
    .description(
      "Tenants of log0, their members, sources and API keys: in the local system, or with --remote in production.",
    )
    .exitOverride();
  addTenantCommands(program);
  addPlanCommands(program);
  addMemberCommands(program);
  addSourceCommands(program);
  addKeyCommands(program);
  addAuditCommand(program);
  addDeletionCommands(program);
  return program;
}

/** Runs the command line and returns the exit status. */
export async function main(argv: string[]): Promise<number> {
  try {
    await buildProgram().parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed its own errors, each a line.
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof UsageError || error instanceof WranglerError)) throw error;
    console.error(`error: ${error.message}`);
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
