import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cursor, decodeCursor, encodeCursor, pageOf } from "./cursor.ts";
import { errorCode } from "./errors.ts";

const id = "0190b4a0-0000-7000-8000-000000000001";
const cursor = fc.record({ at: fc.nat({ max: 8_640_000_000_000_000 }), id: fc.uuid() });

describe("a cursor", () => {
  it("is read back as it was given out, and is safe in a URL", () => {
    fc.assert(
      fc.property(cursor, (given) => {
        expect(decodeCursor(encodeCursor(given))).toEqual(given);
        expect(encodeURIComponent(encodeCursor(given))).toBe(encodeCursor(given));
      }),
    );
  });

  it.each([
    ...["", "_", "1", `_${id}`, `1_${id}_`, `1_${id}_2`, `-1_${id}`, `1.5_${id}`, `x_${id}`, `NaN_${id}`],
    ...[`0x10_${id}`, `1e3_${id}`, ` 1_${id}`, `Infinity_${id}`, `99999999999999999_${id}`, `1_${id.toUpperCase()}Z`],
    ...[`1_${id.slice(1)}`, "1_' OR 1=1 --", `1_${id}\n`],
  ])("that this API did not give out is refused: %j", (text) => {
    expect(() => decodeCursor(text)).toThrow("cursor");
    try {
      decodeCursor(text);
    } catch (error) {
      expect(errorCode(error)).toBe("invalid_cursor");
    }
  });
});

describe("a page", () => {
  const cursorOf = (row: Cursor): Cursor => row;

  it("has at most the limit, and names the next only when there is more", () => {
    fc.assert(
      fc.property(fc.array(cursor, { maxLength: 12 }), fc.integer({ min: 1, max: 10 }), (rows, limit) => {
        const { items, nextCursor } = pageOf(rows, limit, cursorOf);
        expect(items).toEqual(rows.slice(0, limit));
        const last = rows[limit - 1];
        expect(nextCursor).toBe(rows.length > limit && last !== undefined ? encodeCursor(last) : null);
      }),
    );
  });

  it("after page gives every row once", () => {
    const rows = Array.from({ length: 23 }, (_, index) => ({ at: 100 - index, id }));
    const seen: Cursor[] = [];
    let from: string | null = "";
    for (let pages = 0; from !== null && pages < 10; pages++) {
      const after: number = from === "" ? 101 : decodeCursor(from).at;
      const page = pageOf(rows.filter((row) => row.at < after).slice(0, 6), 5, cursorOf);
      seen.push(...page.items);
      from = page.nextCursor;
    }
    expect(seen).toEqual(rows);
  });
});
