import type { Citation, SummaryContent } from "../../schema/contracts/summary.ts";
import { truncate } from "../clusters/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import { formatCount } from "../notifications/slack-message.ts";

/** Changes whenever the wording or the choice of lines changes. */
export const EXTRACTIVE_VERSION = "extractive-2";

const ADVICE: readonly { pattern: RegExp; cause: string; step: string }[] = [
  {
    pattern: /time(?:d)?[ -]?out|deadline exceeded/i,
    cause: "a dependency does not answer in time",
    step: "Check the latency and health of the dependency named in the message, and what changed there at the first occurrence.",
  },
  {
    pattern: /connection (?:refused|reset)|unreachable|ECONNREFUSED|broken pipe/i,
    cause: "a dependency cannot be reached",
    step: "Check that the dependency is up, and that network rules and addresses did not change.",
  },
  {
    pattern: /out ?of ?memory|OOM|heap space/i,
    cause: "the process runs out of memory",
    step: "Compare memory use with the limit, and look for what grew since the last deploy.",
  },
  {
    pattern: /no space left|disk full|ENOSPC/i,
    cause: "a disk is full",
    step: "Free or add space on the affected volume.",
  },
  {
    pattern: /denied|forbidden|unauthori[sz]ed|invalid (?:token|credential)|\b40[13]\b/i,
    cause: "credentials or permissions are refused",
    step: "Check whether credentials expired or permissions changed.",
  },
  {
    pattern: /too many (?:connections|requests)|rate.?limit|pool (?:is )?exhausted|\b429\b/i,
    cause: "a limit is exhausted",
    step: "Check pool and rate limits against the present load.",
  },
  {
    pattern: /null ?pointer|NoneType|undefined is not|cannot read propert|nil pointer/i,
    cause: "the code meets a value that is missing",
    step: "Look at the first application frame of the stack trace and its last change.",
  },
];

function rootException(trace: string): string | undefined {
  const causes = [...trace.matchAll(/^Caused by: (.{1,300})/gm)];
  return causes.at(-1)?.[1]?.trim();
}

function firstFrame(trace: string): string | undefined {
  return (
    /^\s+at (.{1,200})/m.exec(trace)?.[1]?.trim() ?? /^\s+(File ".{1,200}", line \d+, in .{1,80})/m.exec(trace)?.[1]
  );
}

function span(incident: Incident): string {
  const seconds = Math.max(1, Math.round((incident.lastSeenAt - incident.firstSeenAt) / 1000));
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}

/**
 * A summary drawn from the incident's own lines: no model, no network, the same every time.
 * @param evidence at most 8 logs of the incident
 */
export function summarizeExtractively(incident: Incident, evidence: Citation[]): SummaryContent {
  const { exceptionType, topMessages, serviceName, environment } = incident;
  const first = topMessages[0] ?? incident.messageTemplate;
  const trace = incident.sampleTrace ?? "";
  const root = rootException(trace);
  const frame = firstFrame(trace);
  const text = `${first}\n${exceptionType ?? ""}\n${root ?? ""}`;
  const advice = ADVICE.find(({ pattern }) => pattern.test(text.slice(0, 2_000)));
  const count = formatCount(incident.occurrenceCount);
  const cause =
    advice?.cause ?? (exceptionType === null ? "the message itself is the best lead" : `${exceptionType} is thrown`);
  const bullets = [
    `${count} occurrences in ${span(incident)}, first at ${new Date(incident.firstSeenAt).toISOString()}`,
    `All of one pattern: ${incident.messageTemplate}`,
    `Only in ${serviceName}, environment ${environment}`,
    ...(exceptionType === null ? [] : [`Exception: ${exceptionType}`]),
    ...(root === undefined ? [] : [`Root exception: ${root}`]),
    ...(frame === undefined ? [] : [`Thrown at: ${frame}`]),
    ...(incident.regressionOf === null ? [] : ["A regression: the same pattern was resolved before"]),
  ];
  return {
    title: incident.title === "" ? `Incident in ${serviceName}`.slice(0, 200) : truncate(incident.title, 200),
    severity: incident.severity,
    summary: truncate(
      `${serviceName} (${environment}) logged "${truncate(first, 300)}" ${count} times in ${span(incident)}. ${
        root === undefined ? "" : `The innermost exception is ${truncate(root, 300)}. `
      }Most likely ${cause}.`,
      1_500,
    ),
    rootCause: truncate(root === undefined ? cause : `${cause} (${root})`, 500),
    bullets: bullets.slice(0, 7).map((bullet) => truncate(bullet, 500)),
    evidence,
    nextSteps: [
      ...(advice === undefined ? [] : [advice.step]),
      ...(frame === undefined ? [] : [`Start reading at ${truncate(frame, 200)}.`]),
      `Compare with deployments and changes around ${new Date(incident.firstSeenAt).toISOString()}.`,
    ],
  };
}
