import { and, desc, eq, gte, lt, or } from "drizzle-orm";
import * as z from "zod";
import type { AuditAction } from "../../core/audit/actions.ts";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import { auditLog } from "../../schema/tables/tenants.ts";
import { emailsOfActors } from "../members/emails-of.ts";
import type { TenantScope } from "../platform.ts";

export interface AuditQuery {
  limit: number;
  cursor?: Cursor | undefined;
  action?: AuditAction | undefined;
  actor?: string | undefined;
  target?: string | undefined;
  /** [from, to), Unix ms. */
  from?: number | undefined;
  to?: number | undefined;
}

const Detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** Administrative acts, the newest first. Times are Unix ms; e-mails of those who are members still. */
export async function listActs(scope: TenantScope, query: AuditQuery) {
  const { cursor, action, actor, target, from, to, limit } = query;
  const rows = await scope.db
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.tenantId, scope.tenantId),
        action === undefined ? undefined : eq(auditLog.action, action),
        actor === undefined ? undefined : eq(auditLog.actor, actor),
        target === undefined ? undefined : eq(auditLog.target, target),
        from === undefined ? undefined : gte(auditLog.at, from),
        to === undefined ? undefined : lt(auditLog.at, to),
        cursor === undefined
          ? undefined
          : or(lt(auditLog.at, cursor.at), and(eq(auditLog.at, cursor.at), lt(auditLog.id, cursor.id))),
      ),
    )
    .orderBy(desc(auditLog.at), desc(auditLog.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, ({ at, id }) => ({ at, id }));
  const emails = await emailsOfActors(
    scope,
    page.items.flatMap((row) => [row.actor, row.target]),
  );
  const items = page.items.map(({ tenantId: _tenant, detail, ...row }) => ({
    ...row,
    detail: Detail.parse(JSON.parse(detail)),
    actorEmail: emails.get(row.actor) ?? null,
    targetEmail: emails.get(row.target) ?? null,
  }));
  return { items, nextCursor: page.nextCursor };
}
