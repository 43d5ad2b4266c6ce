import { eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements } from "./change.ts";
import { HISTORY } from "./list-timeline.ts";

/** Longest comment, in characters. */
export const COMMENT_CHARACTERS = 10_000;

/**
 * Adds a comment to an incident, whatever its state: it is history, and changes nothing else.
 * @param text 1 to 10,000 characters
 * @throws Log0Error not_found
 */
export async function commentOnIncident(scope: TenantScope, incidentId: string, actor: string, text: string) {
  const { history } = changeStatements(scope, uuidV7(scope.now(), scope.random(10)), {
    where: eq(incidents.id, incidentId),
    set: {},
    actor,
    what: "COMMENTED",
    note: text,
    notification: "INCIDENT_CREATED",
  });
  const [written] = await history.returning(HISTORY);
  if (written === undefined) throw new Log0Error("not_found", "no such incident");
  return written;
}
