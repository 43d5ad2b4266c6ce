import type { Level } from "../../schema/contracts/levels.ts";
import { digestEvents, encodeDigest } from "../clusters/digest.ts";
import { normalizeEvent } from "../events/normalize-event.ts";
import type { RawEvent } from "../events/raw-event.ts";
import { rawSize } from "../ingest/chunks.ts";
import { decodeRawColumns, encodeNormalizedColumns, encodeRawColumns, type NormalizedEvent } from "../wire/columns.ts";
import type { PackedSection } from "../wire/envelope.ts";

const NO_BYTES = new Uint8Array(0);

/** An event that could not be normalized, as a raw section of its own, and why. */
export interface PoisonEvent {
  section: PackedSection;
  error: unknown;
}

/** Events of one service and level in a chunk: what a metric point says. */
export interface Tally {
  serviceName: string;
  level: Level;
  count: number;
}

function tally(events: readonly NormalizedEvent[]): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const { serviceName, level } of events) {
    const key = `${level}:${serviceName}`;
    const known = tallies.get(key);
    if (known === undefined) tallies.set(key, { serviceName, level, count: 1 });
    else known.count++;
  }
  return [...tallies.values()];
}

/** Stands where a poison event stood, so that the indexes (and so the ids) of its neighbours stay. Never stored. */
function placeholder(event: RawEvent, receivedAt: number): NormalizedEvent {
  return {
    serviceName: event.serviceName,
    environment: event.environment,
    level: "INFO",
    message: "",
    timestamp: receivedAt,
    pattern: { template: "", fingerprint: "", exceptionType: "" },
  };
}

function splitOff(raw: PackedSection, event: RawEvent, index: number, error: unknown): PoisonEvent {
  const { receivedAt } = raw.section;
  const body = encodeRawColumns([event], receivedAt);
  const { dedup, ...section } = raw.section;
  const hash = dedup?.[index];
  return {
    section: {
      section: {
        ...section,
        part: section.part ?? index,
        count: 1,
        // The chunk's requests are counted with the rest of it.
        requests: 0,
        rawBytes: rawSize({ event }),
        bodyBytes: body.byteLength,
        ...(hash === undefined ? {} : { dedup: [hash] }),
      },
      body,
      digest: NO_BYTES,
    },
    error,
  };
}

/**
 * Turns a raw chunk into a normalized one. An event that cannot be normalized is split off; its neighbours are kept.
 * @param minLevel the least severe level that calls a window
 * @param normalize replaceable, so that a test can make it fail
 * @throws Log0Error invalid_envelope when the chunk as a whole cannot be read
 */
export function normalizeSection(
  raw: PackedSection,
  minLevel: Level,
  normalize: (event: RawEvent, receivedAt: number) => NormalizedEvent = normalizeEvent,
): { normalized: PackedSection | undefined; poison: PoisonEvent[]; tallies: Tally[] } {
  const { receivedAt } = raw.section;
  const poison: PoisonEvent[] = [];
  const skipped: number[] = [];
  let minTimestamp = Number.POSITIVE_INFINITY;
  let maxTimestamp = Number.NEGATIVE_INFINITY;
  const good: NormalizedEvent[] = [];
  const events = decodeRawColumns(raw.body, receivedAt).map((event, index) => {
    try {
      const normalized = normalize(event, receivedAt);
      minTimestamp = Math.min(minTimestamp, normalized.timestamp);
      maxTimestamp = Math.max(maxTimestamp, normalized.timestamp);
      good.push(normalized);
      return normalized;
    } catch (error) {
      poison.push(splitOff(raw, event, index, error));
      skipped.push(index);
      return placeholder(event, receivedAt);
    }
  });
  const [first] = poison;
  if (good.length === 0) {
    // There is no rest of the chunk that its requests could be counted with.
    if (first !== undefined) first.section.section.requests = raw.section.requests;
    return { normalized: undefined, poison, tallies: [] };
  }
  const body = encodeNormalizedColumns(events, receivedAt);
  const digest = encodeDigest(digestEvents(good, minLevel, receivedAt));
  const section = {
    ...raw.section,
    rawBytes: Math.max(
      0,
      poison.reduce((left, { section: { section } }) => left - section.rawBytes, raw.section.rawBytes),
    ),
    bodyBytes: body.byteLength,
    digestBytes: digest.byteLength,
    minTimestamp,
    maxTimestamp,
    ...(skipped.length === 0 ? {} : { skipped }),
  };
  return { normalized: { section, body, digest }, poison, tallies: tally(good) };
}
