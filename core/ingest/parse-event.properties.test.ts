import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RawLogEvent } from "../../schema/contracts/log-events.ts";
import { errorCode } from "../errors.ts";
import { anyText, receivedAt } from "../events/events.fixtures.ts";
import { MAX_FUTURE_MS, MAX_PAST_MS } from "../events/timestamp.ts";
import { eventIdOf, newChunkId } from "../ids.ts";
import { type ParsedEvent, parseEvent } from "./parse-event.ts";

const iso = new Date(receivedAt).toISOString();
const parse = (value: unknown): ParsedEvent =>
  parseEvent(value, { serviceName: "default-service", environment: "production", receivedAt });

function codeOf(value: unknown): string {
  try {
    parse(value);
    return "accepted";
  } catch (error) {
    return errorCode(error);
  }
}

describe("every accepted event", () => {
  const key = fc.constantFrom(
    ...["message", "msg", "level", "severity", "severityNumber", "timestamp", "ts", "service", "env", "trace"],
    ...["trace_id", "eventId", "metadata", "attributes", "__proto__", "toJSON", "status"],
  );
  const time = fc.integer({ min: receivedAt - 2 * MAX_PAST_MS, max: receivedAt + 2 * MAX_FUTURE_MS });
  const value = fc.oneof(anyText, fc.jsonValue(), time, fc.dictionary(anyText, fc.jsonValue()));
  const fields = fc.oneof(
    { weight: 1, arbitrary: fc.dictionary(key, value) },
    {
      weight: 3,
      arbitrary: fc.record(
        {
          level: fc.oneof(fc.nat(), fc.constant("warn")),
          ts: fc.oneof(time, anyText),
          service: anyText,
          env: anyText,
          trace: anyText,
          trace_id: anyText,
          metadata: fc.dictionary(fc.oneof(anyText, key), fc.jsonValue()),
          status: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    },
  );
  const client = fc
    .tuple(fields, fc.oneof(anyText, fc.constant("m")))
    // As it arrives: through JSON, where __proto__ is a key like any other.
    .map(([rest, message]): unknown => JSON.parse(JSON.stringify({ message, ...rest })));

  it("satisfies the RawLogEvent contract once its ids are added", () => {
    const chunkId = newChunkId(receivedAt, new Uint8Array(10));
    let accepted = 0;
    fc.assert(
      fc.property(client, (input) => {
        if (codeOf(input) !== "accepted") return;
        accepted++;
        const { timestamp, nanoseconds: _, attributes, ...fields } = parse(input).event;
        const published = {
          ...fields,
          eventId: eventIdOf(chunkId, 3),
          tenantId: chunkId,
          receivedAt: iso,
          logTimestamp: timestamp === undefined ? null : new Date(timestamp).toISOString(),
          ...(attributes === undefined ? {} : { attributes: JSON.parse(attributes) }),
        };
        expect(RawLogEvent.safeParse(published).error?.issues).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    // Else the property would say nothing.

    expect(accepted).toBeGreaterThan(100);
  });

  it("is the same each time that it is read, and its input is left alone", () => {
    fc.assert(
      fc.property(client, (input) => {
        const before = JSON.stringify(input);
        if (codeOf(input) === "accepted") expect(parse(input)).toEqual(parse(input));
        expect(JSON.stringify(input)).toBe(before);
      }),
    );
  });

  it("or its refusal is one that has a name", () => {
    fc.assert(
      fc.property(fc.oneof(client, fc.jsonValue()), (input) => {
        expect(codeOf(input)).not.toBe("internal");
      }),
    );
  });
});
