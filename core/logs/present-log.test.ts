import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NormalizedLogEvent } from "../../schema/contracts/log-events.ts";
import { parseTimestamp } from "../events/timestamp.ts";
import { eventIdOf } from "../ids.ts";
import type { LogRow } from "./log-row.ts";
import { presentLog } from "./present-log.ts";
import { row, text } from "./segment/segment.fixtures.ts";

const TENANT = "7a1f1c1e-1111-4111-8111-111111111111";

function present(one: LogRow) {
  return presentLog(TENANT, { eventId: eventIdOf(one.chunkId, one.index), row: one });
}

describe("a log as the API shows it", () => {
  it("is a NormalizedLogEvent with every field of its row", () => {
    const full = row({ index: 7, trace: "at a", traceId: "t1", attributes: '{"n":1,"deep":{"list":[null,"😀"]}}' });
    const shown = present(full);
    expect(NormalizedLogEvent.parse(shown)).toMatchObject({ serviceName: "payment-service", schemaVersion: "v1" });
    expect(shown).toEqual({
      eventId: "0199ddb8-d6fb-7a2f-abaa-8abe708f0007",
      tenantId: TENANT,
      serviceName: full.serviceName,
      environment: full.environment,
      timestamp: "2025-10-09T08:53:20.000Z",
      receivedAt: "2025-10-09T08:53:20.250Z",
      level: "INFO",
      message: full.message,
      messageTemplate: full.template,
      fingerprint: full.fingerprint,
      trace: "at a",
      traceId: "t1",
      attributes: { n: 1, deep: { list: [null, "😀"] } },
      schemaVersion: "v1",
    });
  });

  it("leaves out what the row does not have", () => {
    const shown = present(row());
    expect(["trace", "traceId", "attributes"].filter((key) => key in shown)).toEqual([]);
  });

  it("keeps an attribute that is named like a method of all objects", () => {
    const shown = present(row({ attributes: '{"__proto__":{"a":1},"constructor":2}' }));
    expect(JSON.stringify(shown.attributes)).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it("has its time to the nanosecond, so that it reads back as what was sent", () => {
    const ms = fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(ms, fc.integer({ min: 0, max: 999_999 }), (timestamp, nanoseconds) => {
        const shown = present(row({ timestamp, nanoseconds })).timestamp;
        expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
        expect(parseTimestamp(shown)).toEqual({ ms: timestamp, nanoseconds });
      }),
    );
  });

  it("survives JSON, whatever its text", () => {
    fc.assert(
      fc.property(text, text, (message, trace) => {
        const shown = present(row({ message, trace }));
        expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
      }),
    );
  });
});
