import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainMessage, normalizeMessage } from "./index.ts";

const seen = (message: string, trace?: string) =>
  explainMessage(message, trace).tokens.map((token) => `${token.class} ${token.text}`);

describe("tokens are the masked parts of the message as it was given", () => {
  test.each([
    ["text", "  job 12 took 3ms", ["name 12", "duration 3ms"]],
    ["a line of several", "\n order 77 failed\n\tat com.acme.Shop.buy(Shop.java:3)", ["id 77"]],
    ["JSON", '{"level":"12","msg":"charge 12 failed","n":3}', ["id 12"]],
    ["JSON with escapes", '{"msg":"file \\"a b\\" of 12 rows lost"}', ['path \\"a b\\"', "number 12"]],
    ["JSON in JSON", '{"log":"{\\"msg\\":\\"lost 3 rows\\"}"}', ["number 3"]],
    ["an error's message", '{"error":{"code":3,"message":"lost 3 rows"}}', ["number 3"]],
    ["logfmt", 'n=12 msg="request 12 done"', ["id 12"]],
    ["JSON without a message", '{"a":12,"b":"x","c":{"d":[1]}}', ["value 12", "value x", 'value {"d":[1]}']],
  ])("%s", (_, message, expected) => {
    expect(seen(message)).toEqual(expected);
  });

  test("a line of the trace alone is no part of the message", () => {
    expect(seen("Stack trace:\n", "java.io.IOException: lost 12\n\tat com.acme.Shop.buy(Shop.java:3)")).toEqual([]);
  });
});

test("it tells how the message was read", () => {
  const trace = "java.lang.IllegalStateException: closed\n\tat com.acme.Shop.buy(Shop.java:3)";
  expect(explainMessage("Order 12 failed", trace)).toEqual({
    kind: "text",
    template: "Order <id> failed",
    exceptionType: "java.lang.IllegalStateException",
    firstStackFrame: "com.acme.Shop.buy (Shop.java)",
    language: "java",
    tokens: [{ class: "id", start: 6, end: 8, text: "12" }],
  });
  expect(explainMessage('{"msg":"x"}').kind).toBe("json");
  expect(explainMessage("msg=x a=1").kind).toBe("logfmt");
});

const piece = fc.oneof(
  fc.constantFrom(
    "order",
    " ",
    "\n",
    '"',
    "{",
    "}",
    "[",
    ":",
    "=",
    ",",
    "\\",
    "msg=",
    '{"msg":"',
    '"}',
    "\tat a.b(A.java:1)",
    "E: x",
  ),
  fc.integer().map(String),
  fc.uuid(),
  fc.json(),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const text = fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(""));

test("its result is that of normalizeMessage, and its tokens lie in the message, in order and apart", () => {
  fc.assert(
    fc.property(text, fc.option(text, { nil: undefined }), (message, trace) => {
      const { template, exceptionType, firstStackFrame, tokens } = explainMessage(message, trace);
      expect({ template, exceptionType, firstStackFrame }).toEqual(normalizeMessage(message, trace));
      let end = 0;
      for (const token of tokens) {
        expect(token.start).toBeGreaterThanOrEqual(end);
        expect(token.end).toBeGreaterThan(token.start);
        expect(token.text).toBe(message.slice(token.start, token.end));
        end = token.end;
      }
      expect(end).toBeLessThanOrEqual(message.length);
    }),
    { numRuns: 1000 },
  );
});
