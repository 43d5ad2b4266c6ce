import { and, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import type { SourceChange } from "../../schema/contracts/sources.ts";
import { sources } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { isSource, loadSource, SHOWN, type Source } from "./source.ts";

/** Changes a source; it holds for its logs within 30 s. @throws Log0Error not_found; conflict when the name is taken */
export async function changeSource(
  scope: TenantScope,
  id: string,
  change: SourceChange,
  actor: string,
): Promise<Source> {
  const { name, environment, parserHint, dedup } = change;
  const set = {
    ...(name === undefined ? {} : { name }),
    ...(environment === undefined ? {} : { environment }),
    ...(parserHint === undefined ? {} : { parserHint }),
    ...(dedup === undefined ? {} : { dedup }),
  };
  const free =
    name === undefined
      ? undefined
      : sql`NOT EXISTS (SELECT 1 FROM sources AS other WHERE other.tenant_id = ${scope.tenantId}
          AND other.name = ${name} AND other.id <> ${id} AND other.deleted_at IS NULL)`;
  const [[row]] = await scope.db.batch([
    scope.db
      .update(sources)
      .set(set)
      .where(and(isSource(scope, id), free))
      .returning(SHOWN),
    auditIfChanged(scope, { actor, action: "source.changed", target: `source:${id}`, detail: set }),
  ]);
  if (row !== undefined) return row;
  await loadSource(scope, id);
  throw new Log0Error("conflict", `there is a source ${name} already`);
}
