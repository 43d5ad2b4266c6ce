import fc from "fast-check";
import { LEVELS } from "../../schema/contracts/levels.ts";
import type { NormalizedEvent } from "../wire/columns.ts";
import type { RawEvent } from "./raw-event.ts";

/** A receipt that the tests share, Unix ms. */
export const receivedAt = Date.UTC(2026, 0, 5, 10, 11, 12, 345);

/** Whatever JSON carries: emoji, NUL, lone surrogates, nothing. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud800", "\udfff", "\u0000", "😀", "\u2028", '"', "\\", "é", "\n") }),
  fc.constantFrom("", " ", "__proto__", "\ufeff"),
);

/** Few distinct texts, as services and environments are. */
const name = fc.oneof(fc.constantFrom("payment-service", "cart", "😀"), anyText);

const optional = {
  timestamp: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  nanoseconds: fc.integer({ min: 0, max: 999_999 }),
  trace: anyText,
  traceId: anyText,
  attributes: fc.json(),
};

export const rawEvent: fc.Arbitrary<RawEvent> = fc.record(
  {
    serviceName: name,
    environment: name,
    level: fc.oneof(fc.constantFrom("", "ERROR"), anyText),
    message: anyText,
    ...optional,
  },
  { requiredKeys: ["serviceName", "environment", "level", "message"], noNullPrototype: true },
);

/** Patterns are shared objects: rows of one pattern point at the same. */
const patterns = [0, 1, 2].map((number) => ({
  template: `template ${number} <number>`,
  fingerprint: String(number).repeat(64),
  exceptionType: number === 0 ? "" : `E${number}`,
}));

export const normalizedEvent: fc.Arbitrary<NormalizedEvent> = fc.record(
  {
    serviceName: name,
    environment: name,
    level: fc.constantFrom(...LEVELS),
    message: anyText,
    pattern: fc.constantFrom(...patterns),
    ...optional,
  },
  {
    requiredKeys: ["serviceName", "environment", "level", "message", "pattern", "timestamp"],
    noNullPrototype: true,
  },
);

export function raw(fields: Partial<RawEvent> = {}): RawEvent {
  return { serviceName: "payment-service", environment: "production", level: "ERROR", message: "it broke", ...fields };
}

export function normalized(fields: Partial<NormalizedEvent> = {}): NormalizedEvent {
  return {
    serviceName: "payment-service",
    environment: "production",
    level: "ERROR",
    message: "it broke",
    timestamp: receivedAt,
    pattern: { template: "it broke", fingerprint: "a".repeat(64), exceptionType: "" },
    ...fields,
  };
}
