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
}
