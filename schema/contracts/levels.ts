import * as z from "zod";

/** Normalized levels, least severe first. */
export const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export const Level = z.enum(LEVELS);
export type Level = z.infer<typeof Level>;

/** Incident severities, least severe first. CRITICAL only when a rule says so. */
export const SEVERITIES = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

export const INCIDENT_STATUSES = ["NEW", "ASSIGNED", "ACKNOWLEDGED", "RESOLVED"] as const;
export const IncidentStatus = z.enum(INCIDENT_STATUSES);
export type IncidentStatus = z.infer<typeof IncidentStatus>;
