import { describe, expect, it } from "vitest";
import type * as z from "zod";
import {
  DlqEvent,
  EnvelopeHeader,
  EnvelopePointer,
  IncidentEvent,
  Job,
  LIMITS,
  NormalizedLogEvent,
  NotificationEvent,
  QUEUES,
  RawLogEvent,
  Section,
  STAGES,
  Summary,
  SummaryContent,
} from "./index.ts";

const id = "0190b4a0-0000-7000-8000-000000000001";
const at = "2026-01-05T10:11:12.345Z";
const hash = "a".repeat(64);
const long = (characters: number) => "x".repeat(characters + 1);

const rawLog = {
  eventId: id,
  tenantId: id,
  serviceName: "payment-service",
  environment: "production",
  receivedAt: at,
  logTimestamp: null,
  level: "",
  message: "it broke",
};
const normalizedLog = {
  eventId: id,
  tenantId: id,
  serviceName: "payment-service",
  environment: "production",
  timestamp: at,
  level: "ERROR",
  message: "it broke",
  messageTemplate: "it broke",
  fingerprint: hash,
  schemaVersion: "v1",
};
const incident = {
  type: "INCIDENT_EVENT",
  eventId: "e-1",
  kind: "CROSSED",
  tenantId: id,
  fingerprint: hash,
  serviceName: "payment-service",
  environment: "production",
  severity: "HIGH",
  messageTemplate: "it broke",
  occurrenceCount: 10,
  windows: [{ start: at, count: 10 }],
  firstSeenAt: at,
  lastSeenAt: at,
  crossedAt: at,
  topMessages: ["it broke"],
  schemaVersion: "v1",
};
const notification = {
  type: "NOTIFICATION_EVENT",
  eventId: "n-1",
  tenantId: id,
  incidentId: id,
  incidentVersion: 1,
  fingerprint: hash,
  serviceName: "payment-service",
  environment: "production",
  severity: "CRITICAL",
  status: "NEW",
  occurrenceCount: 10,
  firstSeenAt: at,
  lastSeenAt: at,
  topMessages: [],
  aiSummary: null,
  notificationType: "INCIDENT_CREATED",
  schemaVersion: "v1",
};
const deadLetter = { originalEvent: { any: 1 }, errorMessage: "e", failedAt: "normalization-service", failedAtTs: at };
const section = { chunkId: id, receivedAt: 1, count: 1, rawBytes: 1, bodyBytes: 1, digestBytes: 0 };
const header = { schemaVersion: "v1", stage: "raw", tenantId: id, shard: 0, sections: [section] };
const pointer = { type: "ENVELOPE_POINTER", stage: "raw", tenantId: id, objectKey: "k", schemaVersion: "v1" };
const job = { type: "SUMMARIZE", eventId: "j-1", tenantId: id, incidentId: id, schemaVersion: "v1" };
const merge = { type: "MERGE_SEGMENTS", tenantId: id, mergeId: id, schemaVersion: "v1" };
const content = {
  title: "t",
  severity: "LOW",
  summary: "s",
  rootCause: "r",
  bullets: ["a", "b", "c"],
  evidence: [],
  nextSteps: ["n"],
};
const summary = { ...content, model: "m", promptVersion: "p", createdAt: at };

interface Contract {
  schema: z.ZodType;
  example: object;
  /** Fields that may be missing or have other values. */
  also: readonly object[];
  /** Values that may not be. */
  wrong: readonly object[];
}

const contracts: Readonly<Record<string, Contract>> = {
  RawLogEvent: {
    schema: RawLogEvent,
    example: rawLog,
    also: [
      { logTimestamp: "2026-01-05T11:11:12+01:00" },
      { message: "", trace: "at a", traceId: "t", attributes: { a: [1, { b: null }] } },
      { message: "x".repeat(LIMITS.messageCharacters), trace: "x".repeat(LIMITS.traceCharacters) },
    ],
    wrong: [
      { eventId: "1" },
      { tenantId: "acme" },
      { serviceName: "" },
      { serviceName: long(LIMITS.nameCharacters) },
      { environment: "" },
      { receivedAt: "yesterday" },
      { logTimestamp: undefined },
      { level: long(LIMITS.levelCharacters) },
      { message: long(LIMITS.messageCharacters) },
      { trace: long(LIMITS.traceCharacters) },
      { traceId: "" },
      { attributes: [] },
      { attributes: { a: () => 1 } },
    ],
  },
  NormalizedLogEvent: {
    schema: NormalizedLogEvent,
    example: normalizedLog,
    also: [{ trace: "t", traceId: "t", attributes: {} }],
    wrong: [
      { level: "WARNING" },
      { level: "" },
      { fingerprint: "abc" },
      { fingerprint: hash.toUpperCase() },
      { fingerprint: `${hash}a` },
      { timestamp: null },
      { schemaVersion: "v2" },
      { schemaVersion: undefined },
    ],
  },
  IncidentEvent: {
    schema: IncidentEvent,
    example: incident,
    also: [
      { kind: "UPDATED", exceptionType: "E", sampleTrace: "at a" },
      { kind: "CLOSED", topMessages: [] },
    ],
    wrong: [
      { kind: "OPENED" },
      { windows: [] },
      { windows: [{ start: "now", count: 1 }] },
      { windows: [{ start: at, count: -1 }] },
      { occurrenceCount: 0 },
      { topMessages: Array(11).fill("m") },
      { severity: "ERROR" },
      { eventId: "" },
      { eventId: long(200) },
      { fingerprint: "" },
    ],
  },
  NotificationEvent: {
    schema: NotificationEvent,
    example: notification,
    also: [{ aiSummary: "s", notificationType: "INCIDENT_ASSIGNED", assignedToUserId: id }],
    wrong: [
      { notificationType: "INCIDENT_CLOSED" },
      { status: "OPEN" },
      { incidentVersion: 0 },
      { aiSummary: undefined },
      { assignedToUserId: "me" },
      { incidentId: "1" },
    ],
  },
  DlqEvent: {
    schema: DlqEvent,
    example: deadLetter,
    also: STAGES.map((failedAt) => ({ failedAt })),
    wrong: [{ failedAt: "somewhere" }, { failedAtTs: "now" }, { errorMessage: 5 }],
  },
  Section: {
    schema: Section,
    example: section,
    also: [
      { count: 65_536, part: 65_535, skipped: [0], minTimestamp: -1, maxTimestamp: 1, dedup: ["0123456789abcdef"] },
    ],
    wrong: [
      { count: 0 },
      { count: 65_537 },
      { part: 65_536 },
      { bodyBytes: -1 },
      { digestBytes: 0.5 },
      { dedup: ["0123456789ABCDEF"] },
      { skipped: [-1] },
      { chunkId: "1" },
    ],
  },
  EnvelopeHeader: {
    schema: EnvelopeHeader,
    example: header,
    also: [{ stage: "normalized", shard: 1_023 }],
    wrong: [{ shard: 1_024 }, { shard: -1 }, { stage: "cooked" }, { sections: [] }, { schemaVersion: "v0" }],
  },
  EnvelopePointer: {
    schema: EnvelopePointer,
    example: pointer,
    also: [{ stage: "normalized", objectKey: "x".repeat(1_024) }],
    wrong: [{ objectKey: "" }, { objectKey: long(1_024) }, { type: "POINTER" }],
  },
  Job: { schema: Job, example: job, also: [merge], wrong: [{ type: "SLEEP" }, { incidentId: "1" }, { eventId: "" }] },
  SummaryContent: {
    schema: SummaryContent,
    example: content,
    also: [
      {
        bullets: Array(7).fill("b"),
        evidence: Array(8).fill({ eventId: id, line: "e" }),
        nextSteps: Array(5).fill("n"),
      },
    ],
    wrong: [
      { title: "" },
      { title: long(200) },
      { summary: long(1_500) },
      { rootCause: "" },
      { bullets: ["a", "b"] },
      { bullets: Array(8).fill("b") },
      { bullets: ["a", "b", long(500)] },
      { evidence: Array(9).fill({ eventId: id, line: "e" }) },
      { evidence: [{ eventId: "L1", line: "e" }] },
      { evidence: [{ eventId: null, line: "" }] },
      { nextSteps: [] },
      { nextSteps: Array(6).fill("n") },
      { severity: "SEVERE" },
    ],
  },
  Summary: { schema: Summary, example: summary, also: [], wrong: [{ model: undefined }, { createdAt: "now" }] },
};

describe.each(Object.entries(contracts))("%s", (_name, { schema, example, also, wrong }) => {
  it("accepts its example, and gives it back unchanged", () => expect(schema.parse(example)).toEqual(example));

  it.each(also.map((change) => [JSON.stringify(change).slice(0, 80), change] as const))("accepts %s", (_text, change) =>
    expect(schema.safeParse({ ...example, ...change }).error?.issues).toBeUndefined(),
  );

  it.each(wrong.map((change) => [Object.keys(change).join(), JSON.stringify(change).slice(0, 80), change] as const))(
    "refuses a wrong %s: %s",
    (field, _text, change) => {
      const { error } = schema.safeParse({ ...example, ...change });
      expect(error?.issues.map(({ path }) => path[0])).toContain(field);
    },
  );

  it.each(Object.keys(example))("refuses to be without its %s", (field) => {
    const without = Object.fromEntries(Object.entries(example).filter(([key]) => key !== field));
    expect(schema.safeParse(without).success).toBe(false);
  });

  it.each([null, 5, "text", [], undefined])("refuses %j", (value) =>
    expect(schema.safeParse(value).success).toBe(false),
  );
});

describe("the limits", () => {
  it("are those of the contract", () => {
    expect(LIMITS).toMatchObject({
      messageCharacters: 10_000,
      traceCharacters: 100_000,
      levelCharacters: 20,
      requestBytes: 5 * 1024 * 1024,
      decompressedBytes: 50 * 1024 * 1024,
      eventsPerRequest: 10_000,
      eventIdsInResponse: 100,
    });
  });

  it("leave a dead letter five queues to be replayed to", () =>
    expect(QUEUES).toEqual([
      "raw-logs",
      "raw-logs-bulk",
      "normalized-logs",
      "incident-events",
      "notification-events",
      "jobs",
    ]));
});
