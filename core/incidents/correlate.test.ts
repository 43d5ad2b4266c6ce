import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Correlatable, type IncidentLink, LinkEvidence, linkOf, namesService, originOfAll } from "./correlate.ts";

const at = Date.UTC(2026, 0, 5, 10);
const minute = 60_000;

function incident(fields: Partial<Correlatable> = {}): Correlatable {
  return {
    id: "a",
    environment: "production",
    serviceName: "checkout",
    title: "Payment failed",
    firstSeenAt: at,
    windowStart: at,
    texts: ["Payment failed"],
    ...fields,
  };
}

const payment = (fields: Partial<Correlatable> = {}) =>
  incident({ id: "b", serviceName: "payment-service", title: "Connection refused", texts: ["refused"], ...fields });
const naming = { texts: ["POST http://payment-service:8080/charge: timeout"] };

describe("a service is named", () => {
  it.each([
    ["payment-service", "cannot reach payment-service", true],
    ["payment-service", "cannot reach Payment-Service:8080", true],
    ["payment", "http://payment.internal.svc/charge", true],
    ["payment", "[payment]", true],
    ["zahlungen-größe", "von zahlungen-GRÖSSE", false],
    ["zahlung-ü", "an Zahlung-Ü!", true],
    ["payment", "cannot reach payment-service", false],
    ["payment", "payments are late, prepayment too, payment_id=3", false],
    ["payment", "payments, then payment", true],
    ["db", "db is down", false],
    ["database", "database is down", false],
    ["", "anything", false],
  ])("%j in %j: %s", (service, text, expected) => expect(namesService(text, service)).toBe(expected));

  it("in linear time", () => {
    const begin = performance.now();
    expect(namesService("aaaa".repeat(500_000), "aaaa")).toBe(false);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

describe("two incidents", () => {
  const cases: [string, Correlatable, Correlatable, string[], IncidentLink["kind"] | undefined][] = [
    ["that share a trace are linked", incident(), payment(), ["trace-1"], "traces"],
    ["of one service that share a trace are linked", incident(), payment({ serviceName: "checkout" }), ["t"], "traces"],
    ["that share nothing but the time are not", incident(), payment(), [], undefined],
    ["in one window, of which one names the other, are linked", incident(naming), payment(), [], "cascade"],
    ["linked so either way round", payment(), incident(naming), [], "cascade"],
    ["one window apart are linked", incident(naming), payment({ windowStart: at + 5 * minute }), [], "cascade"],
    ["further apart are not", incident(naming), payment({ windowStart: at + 6 * minute }), [], undefined],
    ["made by hand have no window to cascade in", incident(naming), payment({ windowStart: null }), [], undefined],
    [
      "of one service do not cascade",
      incident({ serviceName: "payment-service", ...naming }),
      payment(),
      [],
      undefined,
    ],
    ["of different environments never are", incident(naming), payment({ environment: "staging" }), ["t"], undefined],
    ["that are one are not", incident(), incident(), ["trace-1"], undefined],
  ];
  it.each(cases)("%s", (_rule, one, two, shared, kind) => {
    expect(linkOf(one, two, shared, 5 * minute)?.kind).toBe(kind);
  });
});

describe("the probable origin", () => {
  const origin = (one: Correlatable, two: Correlatable) => linkOf(one, two, ["trace-1"], 5 * minute)?.originId;

  it("is the one that began first", () => {
    expect(origin(incident(), payment({ firstSeenAt: at - 12_400, windowStart: at - 5 * minute }))).toBe("b");
    expect(origin(incident(), payment({ firstSeenAt: at + 12_400 }))).toBe("a");
  });

  it("is the one that the other names, where clocks cannot tell", () => {
    expect(origin(incident(naming), payment({ firstSeenAt: at + 1_000 }))).toBe("b");
    expect(origin(incident(naming), payment({ firstSeenAt: at + 1_001 }))).toBe("a");
    expect(origin(incident(naming), payment())).toBe("b");
  });

  it("is unknown of two that began together, and of which neither or each names the other", () => {
    expect(origin(incident(), payment())).toBeNull();
    expect(origin(incident(naming), payment({ texts: ["checkout is gone"] }))).toBeNull();
  });

  it("is not the one that has always made some noise", () => {
    const noisy = payment({ firstSeenAt: at - 60 * minute, windowStart: at });
    expect(linkOf(noisy, incident({ firstSeenAt: at + 500 }), ["t"], 5 * minute)?.evidence.secondsApart).toBe(0.5);
  });

  it("of many is the one that no link names another origin for", () => {
    const pairs = [
      { incidentId: "checkout", otherId: "payment", originId: "payment" },
      { incidentId: "ledger", otherId: "payment", originId: "ledger" },
      { incidentId: "checkout", otherId: "ledger", originId: "ledger" },
    ];
    expect(originOfAll(pairs)).toBe("ledger");
    expect(originOfAll(pairs.slice(0, 1))).toBe("payment");
    expect(originOfAll([{ incidentId: "a", otherId: "b", originId: null }])).toBeNull();
    expect(originOfAll([...pairs, { incidentId: "x", otherId: "y", originId: "y" }])).toBeNull();
    expect(originOfAll([])).toBeNull();
  });
});

describe("the evidence", () => {
  it("says in words which began first, how far apart, what they share and who names whom", () => {
    const shared = ["t6", "t2", "t3", "t4", "t5", "t1"];
    const link = linkOf(incident(naming), payment({ firstSeenAt: at - 12_400, windowStart: at - minute }), shared, 1);
    expect(link).toEqual({
      incidentId: "a",
      otherId: "b",
      kind: "traces",
      originId: "b",
      evidence: {
        text: 'payment-service ("Connection refused") began 12.4 s before checkout ("Payment failed"); they share 6 traces; checkout ("Payment failed") names payment-service; probable origin: payment-service.',
        sharedTraces: 6,
        traceIds: ["t1", "t2", "t3", "t4", "t5"],
        secondsApart: 12.4,
        namedBy: "a",
      },
    });
  });

  it("claims no order of what began together", () => {
    expect(linkOf(incident(), payment(), ["t"], 1)?.evidence.text).toBe(
      'checkout ("Payment failed") and payment-service ("Connection refused") began at the same time; they share 1 trace.',
    );
  });

  it("is bounded and the same from both sides, whatever the logs say", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.constantFrom("checkout", "x".repeat(5_000)),
    );
    const any = fc.record({
      id: fc.constantFrom("a", "b", "c"),
      environment: fc.constantFrom("production", "staging"),
      serviceName: text,
      title: text,
      firstSeenAt: fc.integer({ min: at - 1_500, max: at + 1_500 }),
      windowStart: fc.option(fc.constantFrom(at, at + 5 * minute)),
      texts: fc.array(text, { maxLength: 3 }),
    });
    const traces = fc.array(fc.string({ maxLength: 200 }), { maxLength: 20 });
    fc.assert(
      fc.property(any, any, traces, (one, two, shared) => {
        const link = linkOf(one, two, shared, 5 * minute);
        fc.pre(one.id !== two.id);
        expect(linkOf(two, one, shared, 5 * minute)).toEqual(link);
        if (link === undefined) return;
        expect(link.incidentId < link.otherId).toBe(true);
        expect(LinkEvidence.parse(link.evidence)).toEqual(link.evidence);
        expect(link.evidence.text.length).toBeLessThan(1_000);
      }),
    );
  });
});
