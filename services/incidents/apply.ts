import { and, eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { PARTICIPLES, ruleOf, standingOf, type Verb } from "../../core/incidents/lifecycle.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { endVersionAliases } from "../grouping/end-version-aliases.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements, type IncidentChange, messageId, sendMessages } from "./change.ts";
import { foundIn, incidentById } from "./get.ts";
import { permitted } from "./sql.ts";

/** The refusal of a verb: it says how the incident stands. */
export function refusal(verb: Verb, incident: Incident): Log0Error {
  return new Log0Error("conflict", `the incident is ${standingOf(incident)}: it cannot be ${PARTICIPLES[verb]}`);
}

/**
 * Does a verb to one incident, where its rule (core/incidents/lifecycle.ts) and the further condition hold at the moment
 * of writing. Of two who try at once, the second finds what the first has made of it.
 * @returns the incident as the change left it
 * @throws Log0Error not_found; conflict, naming the present state
 */
export async function applyVerb(
  scope: TenantScope,
  incidentId: string,
  verb: Verb,
  change: Omit<IncidentChange, "to">,
): Promise<Incident> {
  const changeId = uuidV7(scope.now(), scope.random(10));
  const { to } = ruleOf(verb);
  const { history, update, message } = changeStatements(scope, changeId, {
    ...change,
    ...(to === undefined ? {} : { to }),
    where: and(eq(incidents.id, incidentId), permitted(verb), change.where),
  });
  const [, changed, , after] = await scope.db.batch([
    history,
    update,
    message,
    incidentById(scope, incidentId),
    endVersionAliases(scope, changeId),
  ]);
  const incident = foundIn(after);
  if (changed.length === 0) throw refusal(verb, incident);
  await sendMessages(scope, [messageId(changeId, incidentId)]);
  return incident;
}
