import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import { raw, rawEvent, receivedAt } from "./events.fixtures.ts";
import { normalizeEvent } from "./normalize-event.ts";

describe("the level of an event", () => {
  it.each([
    ["its own, folded", { level: "warning", message: "x" }, "WARN"],
    ["its own, even where the text names another", { level: "debug", message: "ERROR x" }, "DEBUG"],
    ["found in the text where the field is missing", { level: "", message: "12:00 ERROR x" }, "ERROR"],
    ["found behind blanks", { level: "", message: "   [warn] x" }, "WARN"],
    ["INFO where the field says nothing known, whatever the text", { level: "loud", message: "ERROR x" }, "INFO"],
    ["INFO where neither says it", { level: "", message: "hello" }, "INFO"],
    ["INFO where the field names a part of every object", { level: "constructor", message: "x" }, "INFO"],
  ])("is %s", (_rule, fields, level) => expect(normalizeEvent(raw(fields), receivedAt).level).toBe(level));
});

describe("an event", () => {
  it("without a time of its own has that of its receipt", () => {
    expect(normalizeEvent(raw(), receivedAt).timestamp).toBe(receivedAt);
    expect(normalizeEvent(raw({ timestamp: 0 }), receivedAt).timestamp).toBe(0);
  });

  it("loses the blanks around its message and nothing else", () => {
    const event = raw({ message: " a  b\n", trace: " t ", traceId: "i", attributes: '{"a":1}', nanoseconds: 5 });
    expect(normalizeEvent(event, receivedAt)).toMatchObject({ ...event, message: "a  b" });
  });

  it("has one pattern with its likes, and another in another service", () => {
    const [a, b, c, d] = [
      raw({ message: "timeout after 30 ms" }),
      raw({ message: "timeout after 31 ms", environment: "staging", level: "WARN" }),
      raw({ message: "timeout after 30 ms", serviceName: "cart" }),
      raw({ message: "refused after 30 ms" }),
    ].map((event) => normalizeEvent(event, receivedAt).pattern.fingerprint);
    expect(b).toBe(a);
    expect(new Set([a, c, d]).size).toBe(3);
  });

  it("is normalized the same, whatever came before it", () => {
    fc.assert(
      fc.property(fc.array(rawEvent, { maxLength: 8 }), (events) => {
        const forwards = events.map((event) => normalizeEvent(event, receivedAt));
        const backwards = events.toReversed().map((event) => normalizeEvent(event, receivedAt));
        expect(backwards.toReversed()).toEqual(forwards);
      }),
    );
  });

  it("always has one of the five levels, a fingerprint and a time", () => {
    fc.assert(
      fc.property(rawEvent, (event) => {
        const { level, pattern, timestamp } = normalizeEvent(event, receivedAt);
        expect(LEVELS).toContain(level);
        expect(pattern.fingerprint).toMatch(/^[0-9a-f]{64}$/);
        expect(timestamp).toBe(event.timestamp ?? receivedAt);
      }),
    );
  });
});
