import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCode } from "../errors.ts";
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  frameEnvelopes,
  MAX_MESSAGE_BYTES,
  type PackedSection,
  packSections,
  unframeEnvelopes,
} from "./envelope.ts";

const tenantId = "0190b4a0-0000-7000-8000-000000000001";
const hash = fc.integer({ min: 0, max: 15 }).map((digit) => digit.toString(16).repeat(16));
const time = fc.integer({ min: 0, max: 8_640_000_000_000_000 });

function packed(maxBytes: number): fc.Arbitrary<PackedSection> {
  const optional = fc.record(
    {
      minTimestamp: time,
      maxTimestamp: time,
      part: fc.integer({ min: 0, max: 65_535 }),
      dedup: fc.array(hash, { maxLength: 60 }),
      skipped: fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 60 }),
    },
    { requiredKeys: [] },
  );
  const bytes = fc.nat({ max: maxBytes }).map((length) => Uint8Array.from({ length }, (_, index) => index % 251));
  return fc
    .tuple(fc.uuid({ version: 7 }), time, fc.integer({ min: 1, max: 65_536 }), optional, bytes, bytes)
    .map(([chunkId, receivedAt, count, more, body, digest]) => ({
      section: {
        chunkId,
        receivedAt,
        count,
        rawBytes: count * 100,
        bodyBytes: body.length,
        digestBytes: digest.length,
        ...more,
      },
      body,
      digest,
    }));
}

const envelope: fc.Arbitrary<Envelope> = fc.record({
  stage: fc.constantFrom("raw", "normalized"),
  tenantId: fc.constant(tenantId),
  shard: fc.integer({ min: 0, max: 1_023 }),
  sections: fc.array(packed(300), { minLength: 1, maxLength: 6 }),
});

function outcome(decode: () => unknown): string {
  try {
    decode();
    return "decoded";
  } catch (error) {
    return errorCode(error);
  }
}

/** An envelope with any header, and bodies of that many bytes. */
function withHeader(header: string, bodyBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(7 + text.length + bodyBytes);
  new DataView(bytes.buffer).setUint32(3, text.length);
  bytes.set([0x4c, 0x30, 1]);
  bytes.set(text, 7);
  return bytes;
}

const section = { chunkId: tenantId, receivedAt: 1, count: 1, rawBytes: 1, bodyBytes: 2, digestBytes: 1 };
const header = { schemaVersion: "v1", stage: "raw", tenantId, shard: 0, sections: [section] };

describe("an envelope", () => {
  it("gives back its sections in order, bodies and digests", () => {
    fc.assert(
      fc.property(envelope, (given) => {
        expect(decodeEnvelope(encodeEnvelope(given))).toEqual(given);
      }),
    );
  });

  it("is read where it lies: as a part of a larger buffer too", () => {
    fc.assert(
      fc.property(envelope, fc.nat({ max: 9 }), (given, before) => {
        const bytes = encodeEnvelope(given);
        const larger = new Uint8Array(before + bytes.length + 5).fill(0xff);
        larger.set(bytes, before);
        const decoded = decodeEnvelope(larger.subarray(before, before + bytes.length));
        expect(decoded).toEqual(given);
        expect(decoded.sections[0]?.body.buffer).toBe(larger.buffer);
      }),
    );
  });

  it("that was cut anywhere, or lengthened, is refused as invalid_envelope", () => {
    fc.assert(
      fc.property(envelope, fc.nat(), (given, cut) => {
        const bytes = encodeEnvelope(given);
        expect(outcome(() => decodeEnvelope(bytes.subarray(0, cut % bytes.length)))).toBe("invalid_envelope");
        expect(outcome(() => decodeEnvelope(Uint8Array.from([...bytes, 0])))).toBe("invalid_envelope");
      }),
    );
  });

  it("with flipped bits is refused as invalid_envelope and nothing else, or is an envelope still", () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(envelope, flips, (given, bits) => {
        const bytes = encodeEnvelope(given);
        for (const [at, bit] of bits) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        expect(outcome(() => decodeEnvelope(bytes))).toMatch(/^(decoded|invalid_envelope)$/);
      }),
      { numRuns: 500 },
    );
  });

  it("of random bytes is refused as invalid_envelope", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(outcome(() => decodeEnvelope(bytes))).toBe("invalid_envelope");
        expect(outcome(() => decodeEnvelope(withHeader("", bytes.length)))).toBe("invalid_envelope");
      }),
    );
  });

  it("like this is one", () =>
    expect(outcome(() => decodeEnvelope(withHeader(JSON.stringify(header), 3)))).toBe("decoded"));

  it.each([
    ["another schema version", { ...header, schemaVersion: "v2" }],
    ["another stage", { ...header, stage: "cooked" }],
    ["no tenant", { ...header, tenantId: "acme" }],
    ["a shard out of range", { ...header, shard: 1_024 }],
    ["no sections", { ...header, sections: [] }],
    ["no events", { ...header, sections: [{ ...section, count: 0 }] }],
    ["too many events for ids", { ...header, sections: [{ ...section, count: 65_537 }] }],
    ["a body of negative length", { ...header, sections: [{ ...section, bodyBytes: -1, digestBytes: 4 }] }],
    ["a body of broken length", { ...header, sections: [{ ...section, bodyBytes: 1.5, digestBytes: 1.5 }] }],
    ["a body longer than the message", { ...header, sections: [{ ...section, bodyBytes: 4 }] }],
    ["a body of petabytes", { ...header, sections: [{ ...section, bodyBytes: 2 ** 52 }] }],
    ["a body shorter than the message", { ...header, sections: [{ ...section, bodyBytes: 1 }] }],
    ["a hash that is none", { ...header, sections: [{ ...section, dedup: ["' OR 1=1"] }] }],
    ["a part out of range", { ...header, sections: [{ ...section, part: 65_536 }] }],
  ])("is refused as invalid_envelope for %s", (_what, wrong) =>
    expect(outcome(() => decodeEnvelope(withHeader(JSON.stringify(wrong), 3)))).toBe("invalid_envelope"),
  );

  it.each(["", "{", "null", "[]", "[".repeat(200_000), '"'.repeat(9)])(
    "is refused as invalid_envelope for its header",
    (text) => expect(outcome(() => decodeEnvelope(withHeader(text)))).toBe("invalid_envelope"),
  );

  it.each([
    ["another magic", 0],
    ["another format", 2],
    ["a header of gigabytes", 3],
  ])("is refused as invalid_envelope for %s", (_what, at) => {
    const bytes = withHeader(JSON.stringify(header), 3);
    bytes[at] = 0xff;
    expect(outcome(() => decodeEnvelope(bytes))).toBe("invalid_envelope");
  });
});

describe("packing", () => {
  it("keeps all sections in order, each group within the limit unless it is a single section", () => {
    fc.assert(
      fc.property(
        fc.array(packed(1_500), { maxLength: 30 }),
        fc.integer({ min: 500, max: 6_000 }),
        (sections, limit) => {
          const groups = packSections(sections, limit);
          expect(groups.flat()).toEqual(sections);
          for (const group of groups) {
            expect(group.length).toBeGreaterThan(0);
            const bytes = encodeEnvelope({ stage: "normalized", tenantId, shard: 1_023, sections: group }).byteLength;
            if (group.length > 1) expect(bytes).toBeLessThanOrEqual(limit);
          }
        },
      ),
    );
  });

  it("counts what a section's lists add to the header", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => 60_000 + index);
    const one: PackedSection = {
      section: { ...section, bodyBytes: 0, digestBytes: 0 },
      body: new Uint8Array(0),
      digest: new Uint8Array(0),
    };
    const skipping = { ...one, section: { ...one.section, skipped: many } };
    const hashing = { ...one, section: { ...one.section, dedup: many.map(() => "0".repeat(16)) } };
    for (const group of packSections(Array(10).fill([skipping, hashing]).flat())) {
      expect(encodeEnvelope({ stage: "raw", tenantId, shard: 0, sections: group }).byteLength).toBeLessThan(
        MAX_MESSAGE_BYTES,
      );
    }
  });

  it("makes few messages: two neighbours would not have fitted in one", () => {
    const body = new Uint8Array(10_000);
    const sections = Array.from({ length: 30 }, () => ({
      section: { ...section, bodyBytes: 10_000 },
      body,
      digest: new Uint8Array(0),
    }));
    expect(packSections(sections).map((group) => group.length)).toEqual([12, 12, 6]);
  });

  it("of nothing is nothing", () => expect(packSections([])).toEqual([]));

  it("leaves the platform's limit some room", () => expect(MAX_MESSAGE_BYTES).toBeLessThan(128_000));
});

describe("framed envelopes", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });

  it("are given back one by one", () => {
    fc.assert(
      fc.property(parts, (given) => {
        expect(unframeEnvelopes(frameEnvelopes(given))).toEqual(given);
      }),
    );
  });

  it("that were cut are refused as invalid_envelope, or are fewer", () => {
    fc.assert(
      fc.property(parts, fc.nat(), (given, cut) => {
        const framed = frameEnvelopes(given);
        const length = framed.length === 0 ? 0 : cut % framed.length;
        const boundaries = given.map((_, index) => frameEnvelopes(given.slice(0, index)).length);
        const expected = boundaries.includes(length) || length === 0 ? "decoded" : "invalid_envelope";
        expect(outcome(() => unframeEnvelopes(framed.subarray(0, length)))).toBe(expected);
      }),
    );
  });

  it("of a length that cannot be are refused at once", () => {
    expect(outcome(() => unframeEnvelopes(new Uint8Array(64).fill(0xff)))).toBe("invalid_envelope");
  });
});
