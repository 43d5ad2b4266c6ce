import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SummaryContent } from "../../schema/contracts/summary.ts";
import { anyIncident, incidentWith } from "../incidents/incident.fixtures.ts";
import type { Incident } from "../incidents/incident.ts";
import { summarizeExtractively as summarize } from "./extractive.ts";
import { ownCitations } from "./prompt.ts";

const java = [
  "java.lang.IllegalStateException: declined",
  "\tat com.acme.Pay.charge(Pay.java:42)",
  "Caused by: java.io.IOException: wrapped",
  "Caused by: java.net.SocketTimeoutException: Read timed out",
].join("\n");
const python = 'Traceback (most recent call last):\n  File "/app/pay.py", line 3, in charge\n    raise ValueError(1)';

const summarizeExtractively = (incident: Incident) => summarize(incident, ownCitations(incident, []));

describe("an extractive summary", () => {
  it("satisfies the contract of summaries, for any incident", () => {
    fc.assert(
      fc.property(anyIncident, (incident) => {
        expect(SummaryContent.safeParse(summarizeExtractively(incident)).error?.issues).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it("is the same each time", () => {
    fc.assert(
      fc.property(anyIncident, (incident) => {
        expect(summarizeExtractively(structuredClone(incident))).toEqual(summarizeExtractively(incident));
      }),
    );
  });

  it("tells what the lines tell", () => {
    const summary = summarizeExtractively(incidentWith({ exceptionType: "E", sampleTrace: java, regressionOf: "x" }));
    expect(summary).toMatchObject({
      title: "Connection timeout to <host>",
      severity: "HIGH",
      rootCause: "a dependency does not answer in time (java.net.SocketTimeoutException: Read timed out)",
      bullets: [
        "2,400 occurrences in 3 minutes, first at 2026-01-05T10:00:00.000Z",
        "All of one pattern: Connection timeout to <host> after <duration>",
        "Only in payment-service, environment production",
        "Exception: E",
        "Root exception: java.net.SocketTimeoutException: Read timed out",
        "Thrown at: com.acme.Pay.charge(Pay.java:42)",
        "A regression: the same pattern was resolved before",
      ],
      evidence: [{ eventId: null, line: "Connection timeout to payment-gateway after 30000ms" }],
    });
    expect(summary.summary).toContain(
      'logged "Connection timeout to payment-gateway after 30000ms" 2,400 times in 3 minutes',
    );
  });

  it("names the frame of a Python traceback", () =>
    expect(summarizeExtractively(incidentWith({ sampleTrace: python })).bullets).toContain(
      'Thrown at: File "/app/pay.py", line 3, in charge',
    ));

  it.each([
    ["request timed out", "a dependency does not answer in time"],
    ["context deadline exceeded", "a dependency does not answer in time"],
    ["connect ECONNREFUSED 10.0.0.1", "a dependency cannot be reached"],
    ["java.lang.OutOfMemoryError", "the process runs out of memory"],
    ["write: no space left on device", "a disk is full"],
    ["403 from upstream", "credentials or permissions are refused"],
    ["HikariPool: pool exhausted", "a limit is exhausted"],
    ["NullPointerException", "the code meets a value that is missing"],
    ["it broke", "the message itself is the best lead"],
  ])("of %j names the cause: %s", (message, cause) =>
    expect(summarizeExtractively(incidentWith({ topMessages: [message] })).rootCause).toBe(cause),
  );

  it("names the exception where the words say nothing", () =>
    expect(
      summarizeExtractively(incidentWith({ topMessages: ["it broke"], exceptionType: "AcmeError" })).rootCause,
    ).toBe("AcmeError is thrown"));

  it("of an incident without messages or a title still says something", () => {
    const summary = summarizeExtractively(incidentWith({ title: "", topMessages: ["", "b"], messageTemplate: "" }));
    expect(SummaryContent.safeParse(summary).success).toBe(true);
    expect(summary.evidence).toEqual([{ eventId: null, line: "b" }]);
  });

  it("costs linear time on hostile traces", () => {
    const start = performance.now();
    for (const part of ["\n", " ", "\n ", "Caused by: ", '  File "', "\tat "]) {
      summarizeExtractively(
        incidentWith({ sampleTrace: part.repeat(4_000).slice(0, 4_000), topMessages: [part.repeat(250)] }),
      );
    }
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
