import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDigest, digestEvents, encodeDigest } from "../clusters/digest.ts";
import { normalized, receivedAt } from "../events/events.fixtures.ts";
import { newChunkId } from "../ids.ts";
import { encodeNormalizedColumns, rowsOfChunk } from "../wire/columns.ts";
import type { PackedSection } from "../wire/envelope.ts";
import { DEDUP_MEMORY_MS, SeenHashes, withoutDuplicates } from "./deduplicate.ts";

const hour = DEDUP_MEMORY_MS;
const chunkId = newChunkId(receivedAt, new Uint8Array(10));

/** A chunk of one event a hash; a hash is a letter. */
function chunk(hashes: string | undefined, skipped?: number[]): PackedSection {
  const events = [...(hashes ?? "xyz")].map((message) => normalized({ message }));
  const body = encodeNormalizedColumns(events, receivedAt);
  const kept = events.filter((_, index) => skipped?.includes(index) !== true);
  const digest = encodeDigest(digestEvents(kept, "WARN", receivedAt));
  const section = {
    chunkId,
    receivedAt,
    count: events.length,
    rawBytes: 100,
    bodyBytes: body.byteLength,
    digestBytes: digest.byteLength,
    ...(hashes === undefined ? {} : { dedup: [...hashes] }),
    ...(skipped === undefined ? {} : { skipped }),
  };
  return { section, body, digest };
}

const messages = ({ section, body }: PackedSection) => rowsOfChunk(section, body).map(({ message }) => message);
const counted = ({ digest }: PackedSection) =>
  decodeDigest(digest)
    .contributions.flatMap(({ buckets }) => buckets)
    .reduce((sum, [, count]) => sum + count, 0);

describe("a chunk", () => {
  it("loses what is known already, from the rows and from the counts alike", () => {
    const seen = new SeenHashes();
    expect(withoutDuplicates(chunk("ab"), seen, "WARN", receivedAt)).toMatchObject({ duplicates: 0 });
    const { packed, duplicates } = withoutDuplicates(chunk("bcad"), seen, "WARN", receivedAt);
    expect([messages(packed), counted(packed), duplicates]).toEqual([["c", "d"], 2, 2]);
    expect(packed.section).toMatchObject({ skipped: [0, 2], count: 4, digestBytes: packed.digest.byteLength });
  });

  it("loses what it repeats itself", () => {
    const { packed, duplicates } = withoutDuplicates(chunk("aba"), new SeenHashes(), "WARN", receivedAt);
    expect([messages(packed), counted(packed), duplicates]).toEqual([["a", "b"], 2, 1]);
  });

  it("whose source does not ask is left as it is, and nothing of it is remembered", () => {
    const given = chunk(undefined);
    expect(withoutDuplicates(given, new SeenHashes(), "WARN", receivedAt)).toEqual({ packed: given, duplicates: 0 });
  });

  it("without duplicates is left as it is", () => {
    const given = chunk("abc");
    expect(withoutDuplicates(given, new SeenHashes(), "WARN", receivedAt).packed).toBe(given);
  });

  it("does not remember, or count as duplicates, what was split off it", () => {
    const seen = new SeenHashes();
    withoutDuplicates(chunk("ab", [1]), seen, "WARN", receivedAt);
    const { packed, duplicates } = withoutDuplicates(chunk("abc", [2]), seen, "WARN", receivedAt);
    expect([messages(packed), duplicates, packed.section.skipped]).toEqual([["b"], 1, [0, 2]]);
  });

  it("of nothing new has no rows and no counts, and its indexes stay", () => {
    const seen = new SeenHashes();
    withoutDuplicates(chunk("abc"), seen, "WARN", receivedAt);
    const { packed, duplicates } = withoutDuplicates(chunk("cba"), seen, "WARN", receivedAt);
    expect([messages(packed), counted(packed), duplicates, packed.section.skipped]).toEqual([[], 0, 3, [0, 1, 2]]);
  });
});

describe("a hash", () => {
  it("is new once", () => {
    const seen = new SeenHashes();
    expect([seen.add("a", 0), seen.add("a", 0), seen.add("b", 0)]).toEqual([true, false, true]);
  });

  it("is remembered for an hour at least and forgotten within two more", () => {
    const times = fc.array(fc.integer({ min: 0, max: hour / 3 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 4 * hour }), (pauses, wait) => {
        const seen = new SeenHashes();
        let now = receivedAt;
        for (const [index, pause] of pauses.entries()) {
          now += pause;
          seen.add(`other ${index}`, now);
        }
        seen.add("a", now);
        const fresh = seen.add("a", now + wait);
        if (wait < hour) expect(fresh).toBe(false);
        if (wait >= 2 * hour) expect(fresh).toBe(true);
      }),
    );
  });

  it("is forgotten two hours later though others came all the time", () => {
    const seen = new SeenHashes();
    seen.add("a", receivedAt);
    for (let minutes = 1; minutes < 120; minutes++) seen.add(`${minutes}`, receivedAt + minutes * 60_000);
    expect(seen.add("a", receivedAt + 2 * hour)).toBe(true);
  });
});
