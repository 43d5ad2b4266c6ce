import { brotliCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCode } from "../errors.ts";
import { normalized, normalizedEvent, raw, rawEvent, receivedAt } from "../events/events.fixtures.ts";
import { newChunkId } from "../ids.ts";
import {
  decodeNormalizedColumns,
  decodeRawColumns,
  encodeNormalizedColumns,
  encodeRawColumns,
  rowsOfChunk,
} from "./columns.ts";
import { packJson, unpackJson } from "./compression.ts";
import { Dictionary, eachSparse, emptySparse, putSparse } from "./dictionary.ts";

const chunkId = newChunkId(receivedAt, new Uint8Array(10));
const receipt = fc.integer({ min: 0, max: 4_000_000_000_000 });

function outcome(decode: () => unknown): string {
  try {
    decode();
    return "decoded";
  } catch (error) {
    return errorCode(error);
  }
}

describe("columns", () => {
  it("give back any raw events, field by field", () => {
    fc.assert(
      fc.property(fc.array(rawEvent), receipt, (events, at) => {
        expect(decodeRawColumns(encodeRawColumns(events, at), at)).toStrictEqual(events);
      }),
    );
  });

  it("give back any normalized events, field by field", () => {
    fc.assert(
      fc.property(fc.array(normalizedEvent), receipt, (events, at) => {
        expect(decodeNormalizedColumns(encodeNormalizedColumns(events, at), at)).toStrictEqual(events);
      }),
    );
  });

  it.each(["", "\u0000", "\ud800", "\udc00\ud800", "😀", "\u2028\u2029", "\ufeff", "__proto__", "x".repeat(10_000)])(
    "give back the text %j in every field",
    (text) => {
      const event = raw({
        serviceName: text,
        environment: text,
        level: text,
        message: text,
        trace: text,
        traceId: text,
        attributes: text,
      });
      expect(decodeRawColumns(encodeRawColumns([raw(), event, raw()], receivedAt), receivedAt)).toStrictEqual([
        raw(),
        event,
        raw(),
      ]);
    },
  );

  it("tell a time of 0 from none", () => {
    const events = [raw({ timestamp: 0, nanoseconds: 0 }), raw()];
    expect(decodeRawColumns(encodeRawColumns(events, receivedAt), receivedAt)).toStrictEqual(events);
  });

  it("carry repeated texts once", () => {
    const event = raw({ serviceName: "s".repeat(200), trace: "at x".repeat(2_000) });
    const columns = JSON.stringify(unpackJson(encodeRawColumns(Array(50).fill(event), receivedAt)));
    expect(columns.length).toBeLessThan(12_000);
  });

  it("carry a pattern that rows share once", () => {
    const { pattern } = normalized();
    const events = Array.from({ length: 50 }, () => normalized({ pattern }));
    expect(unpackJson(encodeNormalizedColumns(events, receivedAt))).toMatchObject({ patterns: [pattern] });
  });

  it("without a timestamp have the receipt's time once normalized", () => {
    const body = unpackJson(encodeNormalizedColumns([normalized()], receivedAt));
    const [event] = decodeNormalizedColumns(packJson({ ...Object(body), timestamp: [null] }), receivedAt);
    expect(event?.timestamp).toBe(receivedAt);
  });
});

describe("columns that are wrong", () => {
  const good = Object(unpackJson(encodeNormalizedColumns([normalized(), normalized({ trace: "t" })], receivedAt)));
  const decodeWith = (change: object) => () => decodeNormalizedColumns(packJson({ ...good, ...change }), receivedAt);

  it("are not these", () => expect(outcome(decodeWith({}))).toBe("decoded"));

  it.each([
    ["a row beyond its dictionary", { service: [0, 9] }],
    ["a column that is too short", { environment: [0] }],
    ["a negative index", { level: [0, -1] }],
    ["a broken index", { level: [0, 0.5] }],
    ["a level that is none", { levels: ["LOUD"] }],
    ["a trace of a row that is none", { trace: { rows: [7], values: [0] } }],
    ["a trace beyond its dictionary", { trace: { rows: [0], values: [5] } }],
    ["a trace id of a row that is none", { traceId: { rows: [2], values: ["x"] } }],
    ["nanoseconds of a row that is none", { nanoseconds: { rows: [2], values: [1] } }],
    ["attributes of a row that is none", { attributes: { rows: [2], values: ["{}"] } }],
    ["a pattern beyond its dictionary", { pattern: [0, 4] }],
    ["no pattern", { pattern: [] }],
    ["a message that is no text", { message: ["a", 5] }],
    ["a timestamp that is text", { timestamp: ["a", null] }],
    ["no messages at all", { message: undefined }],
  ])("are refused as invalid_envelope: %s", (_what, change) =>
    expect(outcome(decodeWith(change))).toBe("invalid_envelope"),
  );

  it.each([null, 5, "text", [], {}])("are refused as invalid_envelope: %j", (value) => {
    expect(outcome(() => decodeRawColumns(packJson(value), receivedAt))).toBe("invalid_envelope");
    expect(outcome(() => decodeNormalizedColumns(packJson(value), receivedAt))).toBe("invalid_envelope");
  });

  it("are refused as invalid_envelope and nothing else when bits flip or bytes are missing", () => {
    const events = fc.array(normalizedEvent, { minLength: 1, maxLength: 6 });
    const damage = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 8 }), fc.nat());
    fc.assert(
      fc.property(events, damage, (given, [at, bit, length]) => {
        const body = encodeNormalizedColumns(given, receivedAt);
        const position = at % body.length;
        if (bit < 8) body[position] = (body[position] ?? 0) ^ (1 << bit);
        const damaged = bit < 8 ? body : body.subarray(0, length % body.length);
        expect(outcome(() => decodeNormalizedColumns(damaged, receivedAt))).toMatch(/^(decoded|invalid_envelope)$/);
        expect(outcome(() => decodeRawColumns(damaged, receivedAt))).toMatch(/^(decoded|invalid_envelope)$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a compressed body", () => {
  it("gives back any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(unpackJson(packJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ["no bytes", new Uint8Array(0)],
    ["bytes that are not compressed", new TextEncoder().encode('{"a":1}')],
    ["what is no JSON", Uint8Array.from(brotliCompressSync("{"))],
    ["a bomb of 65 MB", Uint8Array.from(brotliCompressSync(`"${" ".repeat(65 * 1024 * 1024)}"`))],
  ])("is refused as invalid_envelope: %s", (_what, bytes) =>
    expect(outcome(() => unpackJson(bytes))).toBe("invalid_envelope"),
  );
});

describe("the rows of a chunk", () => {
  const section = { chunkId, receivedAt, count: 3, rawBytes: 1, bodyBytes: 1, digestBytes: 0 };
  const body = encodeNormalizedColumns(
    ["a", "b", "c"].map((message) => normalized({ message })),
    receivedAt,
  );

  it("have its id, their own index, and the template and fingerprint of their pattern", () => {
    const { pattern, ...fields } = normalized({ message: "b" });
    const { template, fingerprint } = pattern;
    expect(rowsOfChunk(section, body)[1]).toStrictEqual({
      ...fields,
      chunkId,
      index: 1,
      receivedAt,
      template,
      fingerprint,
    });
  });

  it("are without those that were skipped; the others keep their indexes", () =>
    expect(rowsOfChunk({ ...section, skipped: [1] }, body).map(({ index, message }) => [index, message])).toEqual([
      [0, "a"],
      [2, "c"],
    ]));

  it("of an event that was split off have the index that it had", () => {
    const one = encodeNormalizedColumns([normalized()], receivedAt);
    expect(rowsOfChunk({ ...section, count: 1, part: 41 }, one).map(({ index }) => index)).toEqual([41]);
  });
});

describe("a dictionary", () => {
  it("numbers distinct texts in the order of their first appearance", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom("a", "b", "__proto__"))), (texts) => {
        const dictionary = new Dictionary();
        const indexes = texts.map((text) => dictionary.indexOf(text));
        expect(indexes.map((index) => dictionary.values[index])).toEqual(texts);
        expect(dictionary.values).toEqual([...new Set(texts)]);
      }),
    );
  });

  it("a sparse column visits what it was given, and nothing where there was nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(), { nil: undefined })), (values) => {
        const column = emptySparse<number>();
        for (const [row, value] of values.entries()) putSparse(column, row, value);
        const seen = Array<number | undefined>(values.length).fill(undefined);
        eachSparse(column, (row, value) => {
          seen[row] = value;
        });
        expect(seen).toEqual(values);
        expect(column.rows).toHaveLength(values.filter((value) => value !== undefined).length);
      }),
    );
  });
});
