import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { chunkIdOfKey, eventIdOf, newChunkId, shardOf, splitEventId, uuidBytes, uuidOfText, uuidV7 } from "./ids.ts";

const tenantId = "0190b4a0-0000-7000-8000-000000000001";
const now = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 16 });
const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const uuid = z.uuid();

describe("a UUIDv7", () => {
  it("has RFC 9562's example form", () => {
    const bytes = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(uuidV7(0x017f22e279b0, bytes)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  });

  it("is a UUID of version 7 that begins with its time", () => {
    fc.assert(
      fc.property(now, random, (ms, bytes) => {
        const id = uuidV7(ms, bytes);
        expect(id).toMatch(V7);
        expect(uuid.safeParse(id).success).toBe(true);
        expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(ms);
      }),
    );
  });

  it("sorts by its time, as text", () => {
    fc.assert(
      fc.property(now, now, random, random, (a, b, one, other) => {
        if (a < b) expect(uuidV7(a, one) < uuidV7(b, other)).toBe(true);
      }),
    );
  });
});

describe("a chunk's id", () => {
  it("is a UUIDv7 whose low 16 bits are zero", () => {
    fc.assert(
      fc.property(now, random, (ms, bytes) => {
        expect(newChunkId(ms, bytes)).toMatch(V7);
        expect(newChunkId(ms, bytes)).toBe(`${uuidV7(ms, bytes).slice(0, 32)}0000`);
      }),
    );
  });

  it("of an idempotency key is a UUIDv8, the same each time, whose low 16 bits are zero", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (key, index) => {
        const id = chunkIdOfKey(tenantId, key, index);
        expect(id).toMatch(V8);
        expect(id.endsWith("0000")).toBe(true);
        expect(uuid.safeParse(id).success).toBe(true);
        expect(chunkIdOfKey(tenantId, key, index)).toBe(id);
      }),
    );
  });

  it("of an idempotency key is another for another tenant, key or index", () => {
    const near = [
      chunkIdOfKey("a", "k", 0),
      chunkIdOfKey("b", "k", 0),
      chunkIdOfKey("a", "l", 0),
      chunkIdOfKey("a", "k", 1),
    ];
    expect(new Set(near).size).toBe(4);
    const part = fc.tuple(fc.constantFrom("t1", "t2"), fc.string(), fc.nat({ max: 20 }));
    fc.assert(
      fc.property(fc.uniqueArray(part, { selector: (parts) => JSON.stringify(parts) }), (parts) => {
        const ids = parts.map(([tenant, key, index]) => chunkIdOfKey(tenant, key, index));
        expect(new Set(ids).size).toBe(parts.length);
      }),
    );
  });
});

describe("an event's id", () => {
  it.each([0, 1, 255, 256, 4_095, 65_535])("is the chunk's, with index %i in its low 16 bits", (index) => {
    const chunkId = newChunkId(1_767_607_872_123, new Uint8Array(10).fill(0xab));
    expect(eventIdOf(chunkId, index)).toBe(`${chunkId.slice(0, 32)}${index.toString(16).padStart(4, "0")}`);
    expect(splitEventId(eventIdOf(chunkId, index))).toEqual({ chunkId, index });
  });

  it("is split into the chunk and index that it was made of", () => {
    fc.assert(
      fc.property(now, random, fc.integer({ min: 0, max: 65_535 }), (ms, bytes, index) => {
        const chunkId = newChunkId(ms, bytes);
        const eventId = eventIdOf(chunkId, index);
        expect(uuid.safeParse(eventId).success).toBe(true);
        expect(splitEventId(eventId)).toEqual({ chunkId, index });
      }),
    );
  });

  it("sorts by its index within the chunk", () => {
    const chunkId = newChunkId(1, new Uint8Array(10));
    const ids = [0, 9, 10, 255, 256, 65_535].map((index) => eventIdOf(chunkId, index));
    expect(ids.toSorted()).toEqual(ids);
  });

  it.each([
    "",
    "x",
    `${tenantId}0`,
    tenantId.slice(1),
    tenantId.replaceAll("-", ""),
    `${tenantId}\n`,
    "0190B4A0-0000-7000-8000-00000000000F",
  ])("is not %j", (text) => expect(splitEventId(text)).toBeUndefined());
});

it("a text's UUID is of version 8, the same each time, another for another text", () => {
  expect(uuidOfText("")).toBe("e3b0c442-98fc-8c14-9afb-f4c8996fb924");
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(uuidOfText(a)).toMatch(V8);
      expect(uuidOfText(a) === uuidOfText(b)).toBe(a === b);
    }),
  );
});

it("the bytes of a UUID are its digits", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(Buffer.from(uuidBytes(id)).toString("hex")).toBe(id.replaceAll("-", ""));
    }),
  );
});

describe("a shard", () => {
  it("lies in range and is the same each time", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_024 }), (text, shards) => {
        const shard = shardOf(text, shards);
        expect(Number.isInteger(shard) && shard >= 0 && shard < shards).toBe(true);
        expect(shardOf(text, shards)).toBe(shard);
      }),
    );
  });

  it.each([
    ["", 1_024, 0x811c9dc5 % 1_024],
    ["a", 1_000_000, 0xe40c292c % 1_000_000],
    ["foobar", 1_000_000, 0xbf9cf968 % 1_000_000],
  ])("of %j is FNV-1a's: retries of old versions find it again", (text, shards, shard) =>
    expect(shardOf(text, shards)).toBe(shard),
  );

  it.each([0, 1, -3])("is 0 of %i", (shards) => expect(shardOf("a", shards)).toBe(0));

  it("is spread over all chunks evenly", () => {
    const counts = Array<number>(8).fill(0);
    for (let i = 0; i < 8_000; i++) {
      const shard = shardOf(chunkIdOfKey(tenantId, `${i}`, 0), 8);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  });
});
