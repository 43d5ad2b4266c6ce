import * as z from "zod";
import { truncate } from "../clusters/digest.ts";

/** Links that log0 makes to one incident: beyond it a list says nothing any more. */
export const MAX_LINKS = 20;

/**
 * With so many links an incident looks for no more itself. It leaves room for those that come later: so an outage of any
 * size stays tied together, where the first twenty would otherwise be full of each other.
 */
export const MAX_SOUGHT_LINKS = 10;

/** Shared trace ids that a link names. */
const MAX_NAMED_TRACES = 5;

/** Clocks of two machines differ by this much; so close, what one says of the other tells more than the times. */
const CLOCK_SKEW_MS = 1_000;

/** What an incident is called in an evidence: enough to know it by. */
const NAME_CHARACTERS = 60;

/** Shorter service names, and these, stand in too many texts that speak of something else. */
const MIN_SERVICE_CHARACTERS = 4;
const COMMON_WORDS: ReadonlySet<string> = new Set(
  "service services server client default unknown backend frontend worker main test node host http https error request response system process database cache queue proxy java python task user local".split(
    " ",
  ),
);

/** What correlation looks at of an incident. Times are Unix ms. */
export interface Correlatable {
  id: string;
  environment: string;
  serviceName: string;
  title: string;
  firstSeenAt: number;
  /** Start of the first window that its crossing told of; null for one that was made by hand. */
  windowStart: number | null;
  /** Template, exception type and messages: whatever may name another service. */
  texts: readonly string[];
}

/** What shows that two incidents belong together, as `incident_links.evidence` has it in JSON. */
export const LinkEvidence = z.object({
  /** In words, for people. It holds text of log lines: escape it where it is shown. */
  text: z.string(),
  sharedTraces: z.int().min(0),
  /** At most 5 of them. */
  traceIds: z.array(z.string()),
  /** From the first event of the one to the first event of the other, in seconds. */
  secondsApart: z.number().min(0),
  /** The incident whose texts name the service of the other one, if either does. */
  namedBy: z.string().optional(),
});
export type LinkEvidence = z.infer<typeof LinkEvidence>;

export interface IncidentLink {
  /** The smaller of the two ids, so that a pair has one link whoever finds it. */
  incidentId: string;
  otherId: string;
  kind: "traces" | "cascade";
  evidence: LinkEvidence;
  /** Which of the two is the probable origin; null when nothing tells. */
  originId: string | null;
}

function isNameCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_-]/u.test(character);
}

/**
 * Whether a text names a service: as a whole word in any case, so that "payment" is not found in "payment-gateway" or
 * "payments". Names that are too short or too common to mean the service are never found. Linear in the text.
 */
export function namesService(text: string, serviceName: string): boolean {
  const wanted = serviceName.toLowerCase();
  if (wanted.length < MIN_SERVICE_CHARACTERS || COMMON_WORDS.has(wanted)) return false;
  const within = text.toLowerCase();
  for (let at = within.indexOf(wanted); at >= 0; at = within.indexOf(wanted, at + wanted.length)) {
    if (!isNameCharacter(within[at - 1]) && !isNameCharacter(within[at + wanted.length])) return true;
  }
  return false;
}

function names(a: Correlatable, b: Correlatable): boolean {
  return a.serviceName !== b.serviceName && a.texts.some((text) => namesService(text, b.serviceName));
}

/** When an incident began: what was seen before the first window that it crossed in is its everyday noise. */
function beganAt({ firstSeenAt, windowStart }: Correlatable): number {
  return Math.max(firstSeenAt, windowStart ?? firstSeenAt);
}

/**
 * The probable origin of two: the one whose first event is the earlier. Within a second of each other, where clocks
 * cannot tell, it is the one that the other names.
 */
function originOf(a: Correlatable, b: Correlatable): Correlatable | undefined {
  const apart = beganAt(a) - beganAt(b);
  if (Math.abs(apart) <= CLOCK_SKEW_MS) {
    const [aNamesB, bNamesA] = [names(a, b), names(b, a)];
    if (aNamesB !== bNamesA) return aNamesB ? b : a;
  }
  if (apart === 0) return undefined;
  return apart < 0 ? a : b;
}

function nameOf({ serviceName, title }: Correlatable): string {
  return `${truncate(serviceName, NAME_CHARACTERS)} ("${truncate(title, NAME_CHARACTERS)}")`;
}

function inWords(a: Correlatable, b: Correlatable, shared: number, origin: Correlatable | undefined): string {
  const seconds = Math.abs(beganAt(a) - beganAt(b)) / 1000;
  const first = beganAt(b) < beganAt(a) ? b : a;
  const second = first === a ? b : a;
  const parts =
    seconds === 0
      ? [`${nameOf(a)} and ${nameOf(b)} began at the same time`]
      : [`${nameOf(first)} began ${seconds} s before ${nameOf(second)}`];
  if (shared > 0) parts.push(`they share ${shared} ${shared === 1 ? "trace" : "traces"}`);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (names(one, other)) parts.push(`${nameOf(one)} names ${truncate(other.serviceName, NAME_CHARACTERS)}`);
  }
  if (origin !== undefined) parts.push(`probable origin: ${truncate(origin.serviceName, NAME_CHARACTERS)}`);
  return `${parts.join("; ")}.`;
}

/**
 * How two incidents belong together. Two that share a trace do. Two of different services that began within one
 * window-length of each other do only if one of them names the other's service: time alone says nothing where many
 * things happen. Incidents of different environments never do.
 * @param sharedTraces ids of the traces that passed through both
 * @param windowMs the tenant's window-length
 */
export function linkOf(
  one: Correlatable,
  two: Correlatable,
  sharedTraces: readonly string[],
  windowMs: number,
): IncidentLink | undefined {
  if (one.id === two.id || one.environment !== two.environment) return undefined;
  const [a, b] = one.id < two.id ? [one, two] : [two, one];
  const [namer] = [names(a, b) ? a : undefined, names(b, a) ? b : undefined].filter((found) => found !== undefined);
  if (sharedTraces.length === 0) {
    if (namer === undefined || a.windowStart === null || b.windowStart === null) return undefined;
    if (Math.abs(a.windowStart - b.windowStart) > windowMs) return undefined;
  }
  const origin = originOf(a, b);
  return {
    incidentId: a.id,
    otherId: b.id,
    kind: sharedTraces.length > 0 ? "traces" : "cascade",
    evidence: {
      text: inWords(a, b, sharedTraces.length, origin),
      sharedTraces: sharedTraces.length,
      traceIds: sharedTraces.toSorted().slice(0, MAX_NAMED_TRACES),
      secondsApart: Math.abs(beganAt(a) - beganAt(b)) / 1000,
      ...(namer === undefined ? {} : { namedBy: namer.id }),
    },
    originId: origin?.id ?? null,
  };
}

/**
 * The probable origin of all incidents that links tie together: the one that no link names another origin for. Null
 * when links disagree or none of them tells.
 */
export function originOfAll(
  links: readonly Pick<IncidentLink, "incidentId" | "otherId" | "originId">[],
): string | null {
  const origins = new Set<string>();
  const others = new Set<string>();
  for (const { incidentId, otherId, originId } of links) {
    if (originId === null) continue;
    origins.add(originId);
    others.add(originId === incidentId ? otherId : incidentId);
  }
  const [first, second] = [...origins].filter((id) => !others.has(id));
  return second === undefined ? (first ?? null) : null;
}
