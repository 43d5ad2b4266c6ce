import { createHash } from "node:crypto";

/**
 * The fingerprint of an incident that somebody made by hand. No log has it, and no other incident: of those only one a
 * fingerprint may be open.
 */
export function handFingerprint(incidentId: string): string {
  return createHash("sha256").update(`hand|${incidentId}`).digest("hex");
}
