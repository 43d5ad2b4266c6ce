import { permits, type Standing } from "../incidents/lifecycle.ts";
import type { Block, SlackButton, SlackOption } from "./slack-blocks.ts";
import { plain } from "./slack-text.ts";

/** The incident that a block or a modal is about: what comes back with a click. */
export interface IncidentRef {
  tenantId: string;
  incidentId: string;
}

/** What people do to an incident by a click. */
export const INCIDENT_ACTIONS = ["assign", "acknowledge", "resolve", "snooze"] as const;
export type IncidentAction = (typeof INCIDENT_ACTIONS)[number];

/** How long an incident is left alone, in the words of the menu. */
export const SNOOZES = ["1h", "4h", "tomorrow", "escalates"] as const;
export type Snooze = (typeof SNOOZES)[number];

const SNOOZE_LABELS: Readonly<Record<Snooze, string>> = {
  "1h": "for 1 hour",
  "4h": "for 4 hours",
  tomorrow: "until tomorrow, 9:00",
  escalates: "until it escalates",
};

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const REF = new RegExp(`^incident:(${UUID}):(${UUID})$`);

/** The ref as the id of a block; it is Slack that brings it back, signed. */
export function encodeRef({ tenantId, incidentId }: IncidentRef): string {
  return `incident:${tenantId}:${incidentId}`;
}

export function decodeRef(blockId: string): IncidentRef | undefined {
  const [, tenantId, incidentId] = REF.exec(blockId) ?? [];
  return tenantId === undefined || incidentId === undefined ? undefined : { tenantId, incidentId };
}

/** What may be done in the present state. */
export function possibleActions(incident: Standing): IncidentAction[] {
  return INCIDENT_ACTIONS.filter((action) => permits(action, incident));
}

const BUTTONS: Readonly<Record<Exclude<IncidentAction, "snooze">, SlackButton>> = {
  assign: { type: "button", text: plain("Assign", 75), action_id: "assign" },
  acknowledge: { type: "button", text: plain("Acknowledge", 75), action_id: "acknowledge", style: "primary" },
  resolve: { type: "button", text: plain("Resolve", 75), action_id: "resolve" },
};

export function actionButton(action: Exclude<IncidentAction, "snooze">): SlackButton {
  return { ...BUTTONS[action] };
}

function snoozeOption(snooze: Snooze): SlackOption {
  return { text: plain(SNOOZE_LABELS[snooze], 75), value: snooze };
}

/** Buttons that fit the present state, with those that only lead somewhere behind them. */
export function actionsBlock(incident: Standing, ref: IncidentRef | undefined, links: readonly SlackButton[]): Block {
  if (ref === undefined) return { type: "actions", elements: [...links] };
  const acts = possibleActions(incident).map((action) =>
    action === "snooze"
      ? {
          type: "static_select" as const,
          action_id: "snooze",
          placeholder: plain("Snooze", 150),
          options: SNOOZES.map(snoozeOption),
        }
      : actionButton(action),
  );
  return { type: "actions", block_id: encodeRef(ref), elements: [...acts, ...links] };
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * When a snooze ends, as `snoozeIncident` takes it. "Tomorrow" is the clicker's own.
 * @param now Unix ms
 * @param offset of the clicker's time zone from UTC, in seconds
 */
export function snoozeEnd(snooze: Snooze, now: number, offset: number): { until: number } | { escalates: true } {
  if (snooze === "escalates") return { escalates: true };
  if (snooze !== "tomorrow") return { until: now + (snooze === "1h" ? 1 : 4) * HOUR_MS };
  const midnight = Math.floor((now + offset * 1000) / DAY_MS) * DAY_MS;
  return { until: midnight + DAY_MS + 9 * HOUR_MS - offset * 1000 };
}
