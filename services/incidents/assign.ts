import { and, eq, isNull, ne, or } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { users } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";
import { getIncident } from "./get.ts";

export interface Assignment {
  /** A user of the tenant, member or more. */
  assigneeId: string;
  /**
   * Who had it when the actor looked: null for nobody. If that has changed meanwhile, the assignment is refused. Where it
   * is missing, it is whoever has it now.
   */
  from?: string | null | undefined;
  actor: string;
  note?: string | undefined;
}

/** @throws Log0Error invalid_query when the user is not one who may take incidents */
async function mustBeEngineer(scope: TenantScope, userId: string): Promise<void> {
  const user = await scope.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), eq(users.id, userId), ne(users.role, "viewer")))
    .get();
  if (user === undefined) throw new Log0Error("invalid_query", "assigneeId: no user who may take incidents");
}

/**
 * Gives an incident to an engineer, or to another one. Of two who assign it at once, the second is refused; so is giving
 * it to the one who has it.
 * @throws Log0Error not_found; invalid_query when the assignee cannot take it; conflict, naming the present state
 */
export async function assignIncident(
  scope: TenantScope,
  incidentId: string,
  { assigneeId, from, actor, note }: Assignment,
): Promise<Incident> {
  const before = await getIncident(scope, incidentId);
  await mustBeEngineer(scope, assigneeId);
  const seen = from === undefined ? before.assigneeId : from;
  return await applyVerb(scope, incidentId, "assign", {
    where: and(
      seen === null ? isNull(incidents.assigneeId) : eq(incidents.assigneeId, seen),
      or(isNull(incidents.assigneeId), ne(incidents.assigneeId, assigneeId)),
    ),
    set: { assigneeId, assignedAt: scope.now() },
    actor,
    what: "ASSIGNED",
    note,
    subject: assigneeId,
    notification: "INCIDENT_ASSIGNED",
  });
}
