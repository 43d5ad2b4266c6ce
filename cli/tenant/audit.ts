import type { Command } from "commander";
import * as z from "zod";
import { parseInteger, parseTenantName } from "./input.ts";
import { formatTable, formatTime } from "./output.ts";
import { listAudit } from "./statements/audit.ts";
import { command, mustExist, perform, type RemoteOption, type Task } from "./task.ts";

interface AuditOptions extends RemoteOption {
  limit: string;
}

export function addAuditCommand(program: Command): void {
  command(program, "audit <tenant>", "list administrative acts in a tenant, the newest first")
    .option("--limit <n>", "how many, 1,000 at most", "50")
    .action((tenant: string, options: AuditOptions) => perform(options, () => audit(tenant, options)));
}

const AuditRow = z.object({
  at: z.number(),
  actor: z.string(),
  email: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  detail: z.string(),
});

function audit(tenant: string, { limit }: AuditOptions): Task {
  return {
    statements: listAudit(parseTenantName(tenant), parseInteger(limit, "--limit", 1, 1_000)),
    report: ([found, acts = []]) => {
      mustExist(found, tenant);
      return formatTable(
        ["AT", "ACTOR", "ACTION", "TARGET", "DETAIL"],
        z
          .array(AuditRow)
          .parse(acts)
          .map((row) => [
            formatTime(row.at),
            row.email === null ? row.actor : `${row.actor} (${row.email})`,
            row.action,
            row.target,
            row.detail === "{}" ? "" : row.detail,
          ]),
      );
    },
  };
}
