import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Section } from "../../schema/contracts/envelope.ts";
import { decodeDigest, digestEvents } from "../clusters/digest.ts";
import { errorCode } from "../errors.ts";
import { raw, rawEvent, receivedAt } from "../events/events.fixtures.ts";
import { normalizeEvent } from "../events/normalize-event.ts";
import type { RawEvent } from "../events/raw-event.ts";
import { newChunkId } from "../ids.ts";
import { decodeNormalizedColumns, decodeRawColumns, encodeRawColumns, rowsOfChunk } from "../wire/columns.ts";
import type { PackedSection } from "../wire/envelope.ts";
import { normalizeSection } from "./normalize-section.ts";

const chunkId = newChunkId(receivedAt, new Uint8Array(10));

function section(events: readonly RawEvent[], more: Partial<Section> = {}): PackedSection {
  const body = encodeRawColumns(events, receivedAt);
  const described = {
    chunkId,
    receivedAt,
    count: events.length,
    rawBytes: 500,
    bodyBytes: body.byteLength,
    digestBytes: 0,
  };
  return { section: { ...described, ...more }, body, digest: new Uint8Array(0) };
}

/** Fails on events that say so. */
function picky(event: RawEvent, at: number) {
  if (event.message.includes("poison")) throw new Error(`cannot digest ${event.message}`);
  return normalizeEvent(event, at);
}

function rowsOf(packed: PackedSection | undefined) {
  return packed === undefined ? [] : rowsOfChunk(packed.section, packed.body);
}

describe("a raw chunk", () => {
  it("becomes a normalized one: same events, same indexes, with the counts of its windows", () => {
    fc.assert(
      fc.property(fc.array(rawEvent, { minLength: 1, maxLength: 10 }), (events) => {
        const { normalized, poison } = normalizeSection(section(events), "WARN");
        expect(poison).toEqual([]);
        const expected = events.map((event) => normalizeEvent(event, receivedAt));
        expect(rowsOf(normalized).map(({ index, message, level }) => [index, message, level])).toEqual(
          expected.map(({ message, level }, index) => [index, message, level]),
        );
        expect(decodeDigest(normalized?.digest ?? new Uint8Array(0))).toEqual(
          digestEvents(expected, "WARN", receivedAt),
        );
      }),
    );
  });

  it("is described by a section that keeps its contract", () => {
    const events = [raw({ timestamp: receivedAt - 5 }), raw({ timestamp: receivedAt + 7 }), raw()];
    const { normalized } = normalizeSection(
      section(events, { dedup: ["0", "1", "2"].map((hash) => hash.repeat(16)) }),
      "WARN",
    );
    expect(Section.parse(normalized?.section)).toMatchObject({
      chunkId,
      count: 3,
      rawBytes: 500,
      bodyBytes: normalized?.body.byteLength,
      digestBytes: normalized?.digest.byteLength,
      minTimestamp: receivedAt - 5,
      maxTimestamp: receivedAt + 7,
      dedup: expect.any(Array),
    });
    expect(normalized?.section.skipped).toBeUndefined();
  });

  it("calls a window only from the tenant's least level on", () => {
    const chunk = section([raw({ level: "INFO" })]);
    expect(normalizeSection(chunk, "WARN").normalized?.digest.byteLength).toBe(0);
    expect(normalizeSection(chunk, "INFO").normalized?.digest.byteLength).toBeGreaterThan(0);
  });

  it("that cannot be read as a whole is refused as invalid_envelope", () => {
    const chunk = { ...section([raw()]), body: new Uint8Array([1, 2, 3]) };
    let code = "read";
    try {
      normalizeSection(chunk, "WARN");
    } catch (error) {
      code = errorCode(error);
    }
    expect(code).toBe("invalid_envelope");
  });

  it.each(["constructor", "__proto__", "toString"])("is not lost for one event whose level is %s", (level) => {
    const { normalized, poison } = normalizeSection(section([raw({ level }), raw()]), "WARN");
    expect(poison).toEqual([]);
    expect(rowsOf(normalized).map((row) => row.level)).toEqual(["INFO", "ERROR"]);
  });
});

describe("a poison event", () => {
  it("is split off alone; its neighbours are kept under their indexes, and only they count", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (bad) => {
        const events = bad.map((isBad, index) => raw({ message: `${isBad ? "poison" : "good"} ${index}` }));
        const { normalized, poison } = normalizeSection(section(events), "DEBUG", picky);
        const good = [...bad.keys()].filter((index) => bad[index] === false);
        expect(rowsOf(normalized).map(({ index, message }) => [index, message])).toEqual(
          good.map((index) => [index, `good ${index}`]),
        );
        expect(poison.map(({ section: split }) => split.section.part)).toEqual(
          [...bad.keys()].filter((index) => bad[index]),
        );
        const counts = normalized === undefined ? [] : decodeDigest(normalized.digest).contributions;
        const sum = counts.flatMap(({ buckets }) => buckets).reduce((total, [, count]) => total + count, 0);
        expect(sum).toBe(good.length);
        // A chunk of nothing but poison is no chunk.
        expect(normalized === undefined).toBe(good.length === 0);
      }),
    );
  });

  it("leaves an empty place in the columns, and nothing of itself", () => {
    const { normalized } = normalizeSection(section([raw({ message: "poison", trace: "t" }), raw()]), "WARN", picky);
    const rows = decodeNormalizedColumns(normalized?.body ?? new Uint8Array(0), receivedAt);
    expect(rows.map(({ message, trace }) => [message, trace])).toEqual([
      ["", undefined],
      ["it broke", undefined],
    ]);
  });

  it("is a raw section of its own that can be replayed, and says why", () => {
    const bad = raw({ message: "poison", trace: "t", timestamp: receivedAt - 1 });
    const hashes = ["0", "1", "2"].map((hash) => hash.repeat(16));
    const { poison } = normalizeSection(section([raw(), bad, raw()], { dedup: hashes }), "WARN", picky);
    const [split] = poison;
    expect(split?.error).toMatchObject({ message: "cannot digest poison" });
    expect(Section.parse(split?.section.section)).toMatchObject({
      chunkId,
      receivedAt,
      part: 1,
      count: 1,
      dedup: [hashes[1]],
      bodyBytes: split?.section.body.byteLength,
      digestBytes: 0,
    });
    expect(decodeRawColumns(split?.section.body ?? new Uint8Array(0), receivedAt)).toEqual([bad]);
  });

  it("keeps its index when it is replayed, and when it fails again", () => {
    const [first] = normalizeSection(section([raw(), raw({ message: "poison" })]), "WARN", picky).poison;
    if (first === undefined) throw new Error("nothing was split off");
    const [again] = normalizeSection(first.section, "WARN", picky).poison;
    expect(again?.section).toEqual(first.section);
    expect(
      rowsOf(normalizeSection(first.section, "WARN").normalized).map(({ index, message }) => [index, message]),
    ).toEqual([[1, "poison"]]);
  });

  it("without hashes has none", () =>
    expect(
      normalizeSection(section([raw({ message: "poison" })]), "WARN", picky).poison[0]?.section.section.dedup,
    ).toBeUndefined());

  it("does not stretch the time range of its chunk", () => {
    const events = [raw({ message: "poison", timestamp: 0 }), raw({ timestamp: receivedAt })];
    const { normalized } = normalizeSection(section(events), "WARN", picky);
    expect(normalized?.section).toMatchObject({ minTimestamp: receivedAt, maxTimestamp: receivedAt, skipped: [0] });
  });
});
