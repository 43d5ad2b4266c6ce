import type { Command } from "commander";
import * as z from "zod";
import { FINISHED } from "../../core/tenants/deletion.ts";
import { parseTenantName, quote, UsageError } from "./input.ts";
import { formatTable, formatTime, printable } from "./output.ts";
import * as statements from "./statements/deletions.ts";
import { command, mustExist, perform, type RemoteOption, type Task } from "./task.ts";

interface DeleteOptions extends RemoteOption {
  confirm: string;
}

export function addDeletionCommands(program: Command): void {
  command(program, "delete <name>", "remove a tenant and all that it has, for good")
    .requiredOption("--confirm <name>", "the tenant's name again")
    .action((name: string, options: DeleteOptions) => perform(options, () => deleteTenant(name, options)));

  command(program, "deletions", "list deletions of tenants: how far they are, and what proves their end").action(
    (options: RemoteOption) => perform(options, listDeletions),
  );
}

function deleteTenant(name: string, { confirm, remote }: DeleteOptions): Task {
  const tenant = parseTenantName(name);
  if (confirm !== tenant) throw new UsageError(`--confirm must be the tenant's name again: ${quote(tenant)}`);
  return {
    statements: statements.requestDeletion(tenant, Date.now()),
    report: ([found, begun]) => {
      const { id } = mustExist(found, tenant);
      if (begun?.length !== 1) throw new UsageError(`the deletion of tenant ${tenant} has begun already`);
      return [
        `Tenant ${tenant} (${id}) is being deleted; nothing takes that back.`,
        "Its name is free now; its keys and sessions end within 30 s. Its logs, incidents, members, settings and the audit",
        "log are removed in the background, and everything is counted again at the end, a day later:",
        `  npm run tenant -- deletions${remote === true ? " --remote" : ""}`,
      ];
    },
  };
}

const DeletionRow = z.object({
  tenant_id: z.string(),
  name: z.string(),
  actor: z.string(),
  requested_at: z.number(),
  step: z.string(),
  finished_at: z.number().nullable(),
  proof: z.string().nullable(),
});

function listDeletions(): Task {
  return {
    statements: statements.listDeletions(),
    report: ([rows = []]) => {
      const deletions = z.array(DeletionRow).parse(rows);
      if (deletions.length === 0) return ["No tenant was deleted yet."];
      const proven = deletions.filter(({ proof }) => proof !== null);
      return [
        ...formatTable(
          ["NAME", "ID", "REQUESTED", "BY", "STATE"],
          deletions.map((row) => [row.name, row.tenant_id, formatTime(row.requested_at), row.actor, state(row)]),
        ),
        ...(proven.length === 0 ? [] : ["", "What was removed, and what a last count has found:"]),
        ...proven.map(({ tenant_id, proof }) => printable(`${tenant_id}  ${proof}`, 4_000)),
      ];
    },
  };
}

function state({ step, finished_at }: z.infer<typeof DeletionRow>): string {
  return finished_at === null
    ? `at step ${step}`
    : `${step === FINISHED ? "finished" : step} ${formatTime(finished_at)}`;
}
