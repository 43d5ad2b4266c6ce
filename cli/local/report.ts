import { stripVTControlCharacters } from "node:util";
import { formatCount } from "../../core/notifications/slack-message.ts";
import type { Incident } from "./api-client.ts";
import type { DemoResult } from "./demo.ts";
import { DEMO_OWNER, DEMO_TENANT } from "./demo-tenant.ts";
import { STORM_LINES, STORM_PODS, STORM_SERVICE } from "./golden-path.ts";
import { plural } from "./progress.ts";

/** Where the running system can be reached. */
export interface Addresses {
  /** Of log0, without a path. */
  url: string;
  inboxUrl: string;
  /** Where Slack messages go; the inbox, unless `.dev.vars` names another place. */
  slackApiUrl: string;
  /** Whether that is the inbox. */
  slackIsInbox: boolean;
}

/** The demo's result as lines for the terminal, the chain first. */
export function describeDemo(result: DemoResult, addresses: Addresses): string[] {
  const { incident, incidents, messages, problems, grown, story, alertMs, totalMs } = result;
  const inSlack = addresses.slackIsInbox ? plural(messages.length, "Slack message") : "your Slack";
  const chain = `${plural(STORM_LINES, "line")} → ${plural(incidents.length, "incident")} → ${inSlack}`;
  const others = story.lines - STORM_LINES;
  return [
    problems.length === 0 ? chain : `${chain}: not what was expected`,
    ...problems.map((problem) => `  ✗ ${problem}`),
    "",
    `  ${formatCount(STORM_LINES)} timeouts of ${STORM_PODS} pods of ${STORM_SERVICE}, among ${formatCount(others)} ordinary lines of 4 other services`,
    `  ${formatCount(result.stored)} lines stored, ${result.repeated === 0 ? "each once" : `${formatCount(result.repeated)} of them more than once`}`,
    ...(alertMs === undefined
      ? [`  All of it ${seconds(totalMs)} after the first line`]
      : [`  Slack message ${seconds(alertMs)} after the first line, all of it after ${seconds(totalMs)}`]),
    ...(result.before === 0
      ? []
      : [
          `  The incident was open since an earlier run, so it grew: ${formatCount(result.before)} + ${formatCount(grown)} = ${formatCount(incident?.occurrenceCount ?? 0)}`,
        ]),
    ...(incident === undefined ? [] : ["", ...describeIncident(incident)]),
  ];
}

function describeIncident(incident: Incident): string[] {
  const { summary } = incident;
  return [
    `  ${incident.severity}  ${clean(incident.title)}`,
    ...(incident.regressionOf === null ? [] : ["  A regression: it was resolved before"]),
    ...(summary === null
      ? []
      : [
          "",
          ...wrap(clean(summary.summary)),
          ...wrap(`Probable cause: ${clean(summary.rootCause)}`),
          ...wrap(`Next: ${clean(summary.nextSteps[0] ?? "")}`),
        ]),
  ];
}

/** What to open, and how to send logs of one's own. */
export function describeUse(
  { url, inboxUrl, slackApiUrl, slackIsInbox }: Addresses,
  key: string,
  incident?: Incident,
): string[] {
  const header = `-H 'X-API-Key: ${key}'`;
  const range = incident === undefined ? "" : `&from=${incident.firstSeenAt}&to=${incident.lastSeenAt + 1}`;
  const event = { level: "ERROR", message: "hello log0" };
  return [
    slackIsInbox ? `Slack message  ${inboxUrl}` : `Slack messages go to ${slackApiUrl}`,
    ...(incident === undefined ? [] : [`Incident       curl -s ${header} '${url}/api/v1/incidents/${incident.id}'`]),
    `Logs           curl -s ${header} '${url}/api/v1/logs?service=${incident?.serviceName ?? STORM_SERVICE}${range}'`,
    // Short enough for a line; what it prints is not.
    `Sign in        npm run tenant -- invite ${DEMO_TENANT} ${DEMO_OWNER} --role owner`,
    "",
    "Send your own (tenant demo; ten alike within five minutes make an incident):",
    `  curl -i ${url}/api/v1/logs ${header} -H 'X-Service-Name: my-service' -H 'X-Environment: production' -H 'Content-Type: application/json' -d '${JSON.stringify(event)}'`,
  ];
}

/** Log text must not move the cursor or recolour the terminal. */
function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Lines of at most 100 characters, indented, where words allow. */
function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length >= 100) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => `  ${line}`);
}
