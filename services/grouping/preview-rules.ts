import { findLevel, parseLevel } from "../../core/events/level.ts";
import { type Comparison, compareGrouping } from "../../core/grouping/compare.ts";
import { type GroupableEvent, Grouping } from "../../core/grouping/group-event.ts";
import type { GroupingRules } from "../../schema/contracts/grouping-rules.ts";
import { type LogSearch, searchLogs } from "../logs/search-logs.ts";
import type { TenantScope } from "../platform.ts";
import { loadAliases, loadRules } from "./load-grouping.ts";

/** A line as somebody pastes it. */
export interface PastedLine {
  message: string;
  service?: string | undefined;
  environment?: string | undefined;
  level?: string | undefined;
  trace?: string | undefined;
}

function eventOf(line: PastedLine): GroupableEvent {
  const message = line.message.trim();
  return {
    serviceName: line.service ?? "",
    environment: line.environment ?? "",
    level: (line.level === undefined ? findLevel(message) : parseLevel(line.level)) ?? "INFO",
    message,
    ...(line.trace === undefined ? {} : { trace: line.trace }),
  };
}

/**
 * What is merged stays merged under other rules; the rules alone differ. Not the grouping that logs go through: a look
 * at it leaves no trace there, and sees what was saved a moment ago.
 */
async function compare(scope: TenantScope, events: Iterable<GroupableEvent>, rules: GroupingRules) {
  const [saved, aliases] = await Promise.all([loadRules(scope), loadAliases(scope)]);
  return compareGrouping(events, new Grouping({ rules: saved.rules, aliases }), new Grouping({ rules, aliases }));
}

/** How pasted lines would group under other rules, beside how they group now. @throws Log0Error invalid_rule */
export function previewLines(
  scope: TenantScope,
  rules: GroupingRules,
  lines: readonly PastedLine[],
): Promise<Comparison> {
  return compare(scope, lines.map(eventOf), rules);
}

/** The same of stored logs, the newest of a search. `partial`: not all of the range was read. @throws Log0Error invalid_rule */
export async function previewStored(scope: TenantScope, rules: GroupingRules, search: LogSearch) {
  const { items, nextCursor, partial } = await searchLogs(scope, search);
  const comparison = await compare(
    scope,
    items.map(({ row }) => row),
    rules,
  );
  return { ...comparison, partial: partial || nextCursor !== null };
}
