import type { IncidentStatus, Severity } from "../../schema/contracts/levels.ts";
import type { Summary } from "../../schema/contracts/summary.ts";

/** An incident as messages, summaries and the API show it. Times are Unix ms. */
export interface Incident {
  id: string;
  environment: string;
  fingerprint: string;
  serviceName: string;
  title: string;
  messageTemplate: string;
  exceptionType: string | null;
  severity: Severity;
  status: IncidentStatus;
  version: number;
  occurrenceCount: number;
  firstSeenAt: number;
  lastSeenAt: number;
  topMessages: string[];
  sampleTrace: string | null;
  summary: Summary | null;
  regressionOf: string | null;
  /** The incident that goes on in the place of this one. */
  mergedInto: string | null;
  createdAt: number;
  updatedAt: number;
  resolvedAt: number | null;
  /** A window's crossing, or somebody's own. */
  origin: "window" | "hand";
  /** The engineer who has it, and since when. */
  assigneeId: string | null;
  assignedAt: number | null;
  acknowledgedAt: number | null;
  /** Quiet since then, until a time, a count of occurrences, or a severity above the one named. */
  snoozedAt: number | null;
  snoozedUntil: number | null;
  snoozedCount: number | null;
  snoozedSeverity: Severity | null;
  ignoredAt: number | null;
  escalatedAt: number | null;
  traceIds: string[];
}
