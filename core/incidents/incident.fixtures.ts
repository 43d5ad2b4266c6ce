import fc from "fast-check";
import { INCIDENT_STATUSES, SEVERITIES } from "../../schema/contracts/levels.ts";
import type { Incident } from "./incident.ts";

const firstSeenAt = Date.UTC(2026, 0, 5, 10);
const id = "0190b4a0-0000-7000-8000-000000000001";

export function incidentWith(fields: Partial<Incident> = {}): Incident {
  return {
    id,
    environment: "production",
    fingerprint: "a".repeat(64),
    serviceName: "payment-service",
    title: "Connection timeout to <host>",
    messageTemplate: "Connection timeout to <host> after <duration>",
    exceptionType: null,
    severity: "HIGH",
    status: "NEW",
    version: 1,
    occurrenceCount: 2_400,
    firstSeenAt,
    lastSeenAt: firstSeenAt + 180_000,
    topMessages: ["Connection timeout to payment-gateway after 30000ms"],
    sampleTrace: null,
    summary: null,
    regressionOf: null,
    mergedInto: null,
    createdAt: firstSeenAt,
    updatedAt: firstSeenAt,
    resolvedAt: null,
    origin: "window",
    assigneeId: null,
    assignedAt: null,
    acknowledgedAt: null,
    snoozedAt: null,
    snoozedUntil: null,
    snoozedCount: null,
    snoozedSeverity: null,
    ignoredAt: null,
    escalatedAt: null,
    traceIds: [],
    ...fields,
  };
}

/** What an attacker would write: markup of every exit, fences, escapes, nothing at all. */
export const hostileText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          "<",
          ">",
          "&",
          "&amp;",
          "`",
          "```",
          "*",
          "_",
          "\n",
          "</logs>",
          "</LOGS>",
          "< / logs >",
          "<logs>",
          "<!channel>",
        ],
        ...[
          "<https://evil.test|click>",
          "<@U123>",
          "😀",
          "\ud800",
          "Caused by: ",
          "\tat a.b(C.java:1)",
          '  File "x", line 1, in y',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
  fc.constantFrom("&", "<", "`", "</logs>", "😀").map((part) => part.repeat(4_000)),
);

const summary = fc.record(
  {
    title: hostileText,
    severity: fc.constantFrom(...SEVERITIES),
    summary: hostileText,
    rootCause: hostileText,
    bullets: fc.array(hostileText, { minLength: 3, maxLength: 7 }),
    evidence: fc.array(fc.record({ eventId: fc.constant(id), line: hostileText }), { maxLength: 5 }),
    nextSteps: fc.array(hostileText, { minLength: 1, maxLength: 5 }),
    model: hostileText,
    promptVersion: hostileText,
    createdAt: fc.constant("2026-01-05T10:00:00Z"),
  },
  { noNullPrototype: true },
);

export const anyIncident: fc.Arbitrary<Incident> = fc
  .record(
    {
      environment: hostileText.map((text) => text.slice(0, 200)),
      serviceName: hostileText.map((text) => text.slice(0, 200)),
      title: hostileText,
      messageTemplate: hostileText,
      exceptionType: fc.option(hostileText),
      severity: fc.constantFrom(...SEVERITIES),
      status: fc.constantFrom(...INCIDENT_STATUSES),
      occurrenceCount: fc.nat(),
      lastSeenAt: fc.integer({ min: 0, max: 86_400_000 }).map((ms) => firstSeenAt + ms),
      topMessages: fc.array(
        hostileText.map((text) => text.slice(0, 500)),
        { maxLength: 10 },
      ),
      sampleTrace: fc.option(hostileText),
      summary: fc.option(summary),
      regressionOf: fc.option(fc.constant(id)),
    },
    { noNullPrototype: true },
  )
  .map(incidentWith);
