import type { IncidentStatus } from "../../schema/contracts/levels.ts";

/** NEW → ASSIGNED → ACKNOWLEDGED → RESOLVED; a new one may be acknowledged at once, an open one resolved at once. */
const TRANSITIONS: Readonly<Record<IncidentStatus, readonly IncidentStatus[]>> = {
  NEW: ["ASSIGNED", "ACKNOWLEDGED", "RESOLVED"],
  ASSIGNED: ["ASSIGNED", "ACKNOWLEDGED", "RESOLVED"],
  ACKNOWLEDGED: ["RESOLVED"],
  RESOLVED: [],
};

/** States from which the given one may be reached. */
export function statesBefore(to: IncidentStatus): IncidentStatus[] {
  return (["NEW", "ASSIGNED", "ACKNOWLEDGED", "RESOLVED"] as const).filter((from) => TRANSITIONS[from].includes(to));
}
