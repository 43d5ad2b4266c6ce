import { truncate } from "../clusters/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import { countOf, incidentUrl, severityEmoji, titleOf } from "./slack-message.ts";
import { escapeMrkdwn, HEADER_CHARACTERS, truncateEscaped } from "./slack-text.ts";

/** A row of an incident's history, as far as a thread tells of it. */
export interface Happening {
  actor: string;
  change: string;
  note: string | null;
}

/** What a thread tells of. The message itself shows every change; a reply makes those look who follow the thread. */
const TOLD: Readonly<Record<string, string>> = {
  ASSIGNED: "Assigned",
  ACKNOWLEDGED: "Acknowledged",
  RESOLVED: "Resolved",
  ESCALATED: "Escalated: nobody has acknowledged it",
};

/** Slack's id of an account, where an actor names one: it may be mentioned. */
const SLACK_ACTOR = /^slack:([UW][A-Z0-9]{2,20})$/;

/** A person's name, which others have chosen. */
function named(name: string): string {
  return truncateEscaped(escapeMrkdwn(name), 300);
}

/** @param names of `user:<id>` actors */
function by(actor: string, names: ReadonlyMap<string, string>): string {
  const slackUser = SLACK_ACTOR.exec(actor)?.[1];
  if (slackUser !== undefined) return ` by <@${slackUser}>`;
  const [kind, id = ""] = actor.split(":", 2);
  if (kind === "user") return ` by ${named(names.get(id) ?? "an engineer")}`;
  if (kind === "key") return " through the API";
  return kind === "rule" ? " by a rule" : "";
}

const TWICE = "\n_Slack did not answer once: this may be here twice._";

/** A note as a quotation. */
function quoted(note: string | null): string {
  if (note === null || note.trim() === "") return "";
  return `\n> ${truncateEscaped(escapeMrkdwn(note), 1_500).replaceAll("\n", "\n> ")}`;
}

export function isTold(change: string): boolean {
  return Object.hasOwn(TOLD, change);
}

/**
 * The reply in the thread for a change. @param repeated an earlier try may have arrived: Slack did not answer
 */
export function renderNotice(
  happening: Happening,
  {
    names,
    assignee,
    repeated,
  }: { names: ReadonlyMap<string, string>; assignee: string | undefined; repeated: boolean },
): string {
  const { actor, change, note } = happening;
  const to = change === "ASSIGNED" && assignee !== undefined ? ` to ${named(assignee)}` : "";
  return `${TOLD[change] ?? "Changed"}${to}${by(actor, names)}.${quoted(note)}${repeated ? TWICE : ""}`;
}

/** The reply in the thread of the incident before: it has come back. */
export function regressionNotice(incident: Pick<Incident, "id">, publicUrl: string): string {
  return `It has come back: <${incidentUrl(publicUrl, incident.id)}|the new incident>.`;
}

/** The direct message to whom an incident was given. */
export function renderAssignment(
  incident: Incident,
  { note, repeated }: { note: string | null; repeated: boolean },
  publicUrl: string,
): string {
  const title = escapeMrkdwn(truncate(titleOf(incident), HEADER_CHARACTERS)).replaceAll("\n", " ");
  const link = `<${incidentUrl(publicUrl, incident.id)}|Open the incident>`;
  return `You have been assigned ${severityEmoji(incident)} *${incident.severity}* in ${escapeMrkdwn(incident.serviceName)} (${escapeMrkdwn(incident.environment)}): ${title}\n${countOf(incident)}. ${link}${quoted(note)}${repeated ? TWICE : ""}`;
}
