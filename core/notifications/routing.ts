import type { Route, Routing } from "../../schema/contracts/channels.ts";
import type { Severity } from "../../schema/contracts/levels.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";

/** What routes look at. */
export interface Notice {
  severity: Severity;
  serviceName: string;
  environment: string;
  type: NotificationType;
}

/** Whether a name is what a pattern says; `*` stands for any characters. Takes the time of their lengths' product at most. */
export function matchesName(pattern: string, name: string): boolean {
  const [first = "", ...parts] = pattern.split("*");
  const last = parts.pop();
  if (last === undefined) return name === first;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

function matches({ match }: Route, notice: Notice): boolean {
  return (
    (match.severities?.includes(notice.severity) ?? true) &&
    (match.types?.includes(notice.type) ?? true) &&
    (match.services?.some((pattern) => matchesName(pattern, notice.serviceName)) ?? true) &&
    (match.environments?.some((pattern) => matchesName(pattern, notice.environment)) ?? true)
  );
}

/**
 * The channels that are told of a notice, each once, of those that the tenant has. An escalation goes where the routing
 * says that it goes; everything else by the routes.
 */
export function channelsFor(routing: Routing, notice: Notice, channelIds: readonly string[]): string[] {
  const has = new Set(channelIds);
  const known = (ids: readonly string[]) => [...new Set(ids)].filter((id) => has.has(id));
  if (notice.type === "INCIDENT_ESCALATED" && routing.escalation !== null) return known(routing.escalation.channels);
  const chosen: string[] = [];
  let matched = false;
  for (const route of routing.routes) {
    if (!matches(route, notice)) continue;
    matched = true;
    chosen.push(...route.channels);
    if (!route.continue) break;
  }
  return known(matched ? chosen : (routing.otherwise ?? channelIds));
}

/** The channels that a routing names anywhere. */
export function namedChannels({ routes, otherwise, escalation }: Routing): Set<string> {
  return new Set([...routes.flatMap((route) => route.channels), ...(otherwise ?? []), ...(escalation?.channels ?? [])]);
}
