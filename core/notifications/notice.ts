import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import { truncate } from "../clusters/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import { incidentUrl, logsUrl } from "./slack-message.ts";
import { duration, formatCount } from "./slack-text.ts";

/** A label and what it says. */
export type Fact = readonly [label: string, value: string];

/** A message in the words that all channels share, not yet escaped for any of them. */
export interface Notice {
  /** One line. */
  headline: string;
  severity: Incident["severity"] | undefined;
  resolved: boolean;
  facts: Fact[];
  /** Log text, to be shown as it is. */
  sample: string | undefined;
  sections: Fact[];
  links: Fact[];
  /** Unix ms. */
  at: number;
}

/** What a message tells of: a notification, or that a snooze is over. */
export type Happening = NotificationType | "INCIDENT_WOKEN";

/** A notice that was held back, with the present state of its incident. */
export interface HeldNotice {
  incident: Pick<Incident, "id" | "title" | "serviceName" | "severity" | "status" | "occurrenceCount" | "escalatedAt">;
  /** Unix ms. */
  heldAt: number;
}

const HEADLINE_CHARACTERS = 150;
const SAMPLE_CHARACTERS = 1_000;

/** Incidents that a digest lists, and services that its headline names. */
const DIGEST_INCIDENTS = 20;
const DIGEST_SERVICES = 3;

const HAPPENED: Readonly<Record<Happening, string>> = {
  INCIDENT_CREATED: "",
  INCIDENT_ASSIGNED: "Assigned: ",
  INCIDENT_ACKNOWLEDGED: "Acknowledged: ",
  INCIDENT_RESOLVED: "Resolved: ",
  INCIDENT_SUMMARIZED: "Summary: ",
  INCIDENT_ESCALATED: "Escalated: ",
  INCIDENT_WOKEN: "No longer snoozed: ",
  ALERT_FIRING: "Alert: ",
  ALERT_RESOLVED: "Alert over: ",
};

/** A text on one line, without control characters, bidirectional overrides among them: it may become a header. */
export function oneLine(text: string, characters: number): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").toWellFormed();
  return truncate(flat.trim(), characters);
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function sectionsOf({ summary }: Incident): Fact[] {
  if (summary === null) return [];
  return [
    ["What happened", summary.summary],
    ["Probable cause", summary.rootCause],
    ["Next steps", summary.nextSteps.map((step, index) => `${index + 1}. ${step}`).join("\n")],
  ];
}

/** What is told of an incident in its present state. */
export function incidentNotice(incident: Incident, type: Happening, publicUrl: string): Notice {
  const title = oneLine(incident.title, HEADLINE_CHARACTERS);
  const regression = incident.regressionOf === null ? "" : "Regression: ";
  const place = `${oneLine(incident.serviceName, 60)}: ${title === "" ? "Incident" : title}`;
  return {
    headline: oneLine(`[${incident.severity}] ${HAPPENED[type]}${regression}${place}`, HEADLINE_CHARACTERS),
    severity: incident.severity,
    resolved: incident.status === "RESOLVED",
    facts: [
      ["Severity", incident.severity],
      ["Status", incident.status],
      ["Service", oneLine(incident.serviceName, 200)],
      ["Environment", oneLine(incident.environment, 200)],
      [
        "Occurrences",
        `${formatCount(incident.occurrenceCount)} in ${duration(incident.lastSeenAt - incident.firstSeenAt)}`,
      ],
      ["First seen", new Date(incident.firstSeenAt).toISOString()],
    ],
    sample: truncate(incident.topMessages[0] ?? incident.messageTemplate, SAMPLE_CHARACTERS).toWellFormed(),
    sections: sectionsOf(incident),
    links: [
      ["View incident", incidentUrl(publicUrl, incident.id)],
      ["View logs", logsUrl(publicUrl, incident)],
    ],
    at: incident.updatedAt,
  };
}

function servicesOf(held: readonly HeldNotice[]): string {
  const names = [...new Set(held.map(({ incident }) => oneLine(incident.serviceName, 60)))];
  if (names.length <= DIGEST_SERVICES) return names.join(", ");
  return `${names.slice(0, DIGEST_SERVICES).join(", ")} and ${plural(names.length - DIGEST_SERVICES, "other service")}`;
}

/** What was held back, as one notice: `12 incidents in checkout in 2 min`. @param now Unix ms */
export function digestNotice(held: readonly HeldNotice[], now: number, publicUrl: string): Notice {
  const byId = new Map(held.map((one) => [one.incident.id, one]));
  const distinct = [...byId.values()];
  const times = held.map((one) => one.heldAt);
  const took = times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
  const lines = distinct
    .slice(0, DIGEST_INCIDENTS)
    .map(({ incident }) =>
      [
        `${incident.severity} ${incident.status}${incident.escalatedAt === null ? "" : " (escalated)"} ${oneLine(incident.serviceName, 60)}: ${oneLine(incident.title, 100)}`,
        `(${plural(incident.occurrenceCount, "occurrence")})`,
      ].join(" "),
    );
  const more = distinct.length - lines.length;
  return {
    headline: `${plural(distinct.length, "incident")} in ${servicesOf(distinct)} in ${duration(took)}`,
    severity: undefined,
    resolved: false,
    facts: [],
    sample: undefined,
    sections: [["Held back until now", [...lines, ...(more > 0 ? [`and ${formatCount(more)} more`] : [])].join("\n")]],
    links: [["View incidents", `${publicUrl}/api/v1/incidents`]],
    at: now,
  };
}

/** What a test says. @param now Unix ms */
export function testNotice(channelName: string, now: number, publicUrl: string): Notice {
  return {
    headline: oneLine(`Test of the log0 channel ${channelName}`, HEADLINE_CHARACTERS),
    severity: undefined,
    resolved: false,
    facts: [],
    sample: undefined,
    sections: [["It works", "Somebody has asked for this test. Incidents will be told here."]],
    links: [["View incidents", `${publicUrl}/api/v1/incidents`]],
    at: now,
  };
}
