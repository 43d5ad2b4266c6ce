import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SummaryContent } from "../../schema/contracts/summary.ts";
import { hostileText } from "../incidents/incident.fixtures.ts";
import { contentOf, MAX_ANSWER_CHARACTERS, type ModelAnswer, parseAnswer } from "./answer.ts";

const A = "0190b4a0-0000-7000-8000-00000000000a";
const B = "0190b4a0-0000-7000-8000-00000000000b";
const lines = new Map([
  ["L1", { eventId: A, line: "first", timestamp: 1 }],
  ["L2", { eventId: B, line: "second", timestamp: 2 }],
]);

const good: ModelAnswer = {
  title: "t",
  severity: "HIGH",
  summary: "s",
  rootCause: "r",
  bullets: ["a", "b", "c"],
  remediations: ["x", "y"],
  evidence: ["L1"],
};
const contentWith = (fields: Partial<ModelAnswer>) => contentOf({ ...good, ...fields }, { lines });

describe("a model's answer", () => {
  it.each([
    ["an object", good],
    ["JSON", JSON.stringify(good)],
    ["JSON in a code block", `\`\`\`json\n${JSON.stringify(good)}\n\`\`\``],
    ["a severity in small letters", { ...good, severity: "high " }],
    ["more than was asked for", { ...good, tool_calls: [{ function: { name: "resolve" } }] }],
  ])("may be %s", (_name, answer) => expect(parseAnswer(answer)).toEqual(good));

  it.each([
    ["no JSON", "I am sorry, Dave."],
    ["null", null],
    ["nothing", undefined],
    ["a list", [good]],
    ["two objects", `${JSON.stringify(good)}${JSON.stringify(good)}`],
    ["without a field", { ...good, summary: undefined }],
    ["of two bullets", { ...good, bullets: ["a", "b"] }],
    ["of a severity of its own", { ...good, severity: "APOCALYPTIC" }],
    ["huge", JSON.stringify({ ...good, more: "x".repeat(MAX_ANSWER_CHARACTERS) })],
    ["a huge object", { ...good, more: "x".repeat(MAX_ANSWER_CHARACTERS) }],
    ["one with a huge field", { ...good, title: "x".repeat(5_000) }],
  ])("may not be %s", (_name, answer) => expect(() => parseAnswer(answer)).toThrow());

  it("costs linear time, whatever it is", () => {
    const start = performance.now();
    for (const part of ["```", " ", "\n", "a-", "[L1,", "www.", "](", "a@", "aaa://"]) {
      const text = part.repeat(20_000).slice(0, 19_000);
      expect(() => parseAnswer(text)).toThrow();
      contentWith({ summary: `s ${text.slice(0, 4_000)}`, bullets: ["a", "b", `c ${text.slice(0, 4_000)}`] });
    }
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it("becomes a summary within the contract, or none, whatever words it has", () => {
    const words = hostileText.map((text) => text.slice(0, 4_000));
    const any = fc.record(
      {
        title: words,
        severity: fc.constantFrom("LOW" as const, "CRITICAL" as const),
        summary: words,
        rootCause: words,
        bullets: fc.array(words, { minLength: 3, maxLength: 20 }),
        remediations: fc.array(words, { minLength: 1, maxLength: 20 }),
        evidence: fc.array(fc.oneof(fc.constantFrom("L1", "l2", A, "L3", "constructor", "__proto__"), words), {
          maxLength: 20,
        }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(any, (answer) => {
        let content: SummaryContent;
        try {
          content = contentOf(answer, { lines }).content;
        } catch (error) {
          expect(String(error)).toContain("says nothing");
          return;
        }
        expect(SummaryContent.safeParse(content).error?.issues).toBeUndefined();
        expect(JSON.stringify(content)).not.toMatch(/:\/\/|[\u200b\u202e]/);
        for (const { eventId } of content.evidence) expect([A, B]).toContain(eventId);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what a summary keeps of it", () => {
  it.each([
    ["by their short ids", ["L1", "L2"], [A, B], 0],
    ["by event ids that the prompt held", [B], [B], 0],
    ["in brackets, small, with blanks", ["[L1]", " l2 "], [A, B], 0],
    ["once each", ["L1", "L1", A], [A], 0],
    ["and none that are invented", ["L1", "L99", "0190b4a0-0000-7000-8000-0000000000ff", "rm -rf /"], [A], 3],
    ["nor what every object has", ["constructor", "__proto__"], [], 2],
  ])("are citations %s", (_name, evidence, expected, invented) => {
    const kept = contentWith({ evidence });
    expect(kept.content.evidence.map(({ eventId }) => eventId)).toEqual(expected);
    expect(kept.invented).toBe(invented);
  });

  it("are the logs as the prompt showed them, not as the model tells them", () =>
    expect(contentWith({ evidence: ["L2"] }).content.evidence).toEqual([{ eventId: B, line: "second" }]));

  it.each([
    ["see https://evil.test/x now", "see (link removed) now"],
    ["HTTP://EVIL.TEST", "(link removed)"],
    ["[click](https://evil.test)", "[click]"],
    ["www.evil.test", "(link removed)"],
    ["slack://open?x javascript:alert(1)", "(link removed) (link removed)"],
    ["write to help@evil.test", "write to [email-1]"],
    ["the gate\u202eway\u200b fails", "the gateway fails"],
    ["a\n\nb\tc", "a b c"],
    ["it fails [L1, L2] at once (L3)", "it fails at once"],
    ["check java.net.SocketTimeoutException in Pay.java:42", "check java.net.SocketTimeoutException in Pay.java:42"],
  ])("of %j is %j", (said, kept) => expect(contentWith({ rootCause: said }).content.rootCause).toBe(kept));

  it("is cut to size", () => {
    const { content } = contentWith({
      title: "t".repeat(999),
      summary: "s".repeat(4_000),
      bullets: Array(20).fill("b".repeat(900)),
      remediations: Array(20).fill("n"),
    });
    expect([content.title.length, content.summary.length]).toEqual([200, 1_500]);
    expect([content.bullets.length, content.bullets[0]?.length, content.nextSteps.length]).toEqual([7, 500, 5]);
  });

  it("is nothing when a field says nothing", () => {
    expect(() => contentWith({ title: "\u200b" })).toThrow("says nothing");
    expect(() => contentWith({ bullets: ["a", "b", " "] })).toThrow("says nothing");
  });
});
