import { expect, test } from "vitest";
import { fingerprint, group, normalizeMessage } from "./index.ts";

test.each([
  [
    "JSON by message and keys",
    '{"level":"error","msg":"charge 12 failed","amount":3,"order":"a"}',
    "charge <id> failed {amount,order}",
  ],
  [
    "the order of keys says nothing",
    '{"order":"b","amount":9,"msg":"charge 77 failed","time":1}',
    "charge <id> failed {amount,order}",
  ],
  ["error.message", '{"error":{"message":"socket closed","code":"X"}}', "socket closed"],
  [
    "JSON in JSON",
    '{"log":"{\\"msg\\":\\"lost 3 rows\\",\\"table\\":\\"t\\"}","stream":"stdout"}',
    "lost <number> rows {table}",
  ],
  ["logfmt", 'ts=1 level=info msg="request 12 done" path=/a status=200', "request <id> done {path,status}"],
  ["logfmt with an escaped quote", 'msg="said \\"hi\\" twice" n=1', "said <string> twice {n}"],
  ["broken JSON stays text", '{"msg":"x', '{<string>:"x'],
])("structured: %s", (_, message, expected) => {
  expect(normalizeMessage(message).template).toBe(expected);
});

const TRACE = "java.lang.IllegalStateException: no stock for 12\n\tat com.acme.Shop.buy(Shop.java:3)";

test("a message of several lines is grouped by its first line and its exception", () => {
  expect(normalizeMessage(`Order 12 failed\n${TRACE}`)).toEqual({
    template: "Order <id> failed",
    exceptionType: "java.lang.IllegalStateException",
    firstStackFrame: "com.acme.Shop.buy (Shop.java)",
  });
  expect(group(`Order 12 failed\n${TRACE}`)).toBe("Order <id> failed\njava.lang.IllegalStateException");
});

test("the trace of the event comes before one in the message", () => {
  const other = TRACE.replaceAll("Shop", "Cart");
  expect(normalizeMessage(`x\n${TRACE}`, other).firstStackFrame).toBe("com.acme.Cart.buy (Cart.java)");
});

test("a first line that only announces a trace gives way to the exception", () => {
  const trace =
    'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in run\n    go()\nValueError: bad value 12';
  expect(normalizeMessage(trace).template).toBe("ValueError: bad value <number>");
});

test("a trace inside a structured message is found", () => {
  const message = JSON.stringify({
    msg: "boom",
    err: { type: "TypeError", stack: "TypeError: x\n    at pay (/srv/pay.js:1:2)" },
  });
  expect(normalizeMessage(message)).toEqual({
    template: "boom",
    exceptionType: "TypeError",
    firstStackFrame: "pay (pay.js)",
  });
});

test.each(["", " ", "\n\n", "\0", "\ud800", "{", "[", "=", "msg=", '{"a":'.repeat(9_000)])(
  "any message has a result: %#",
  (message) => {
    expect(typeof normalizeMessage(message, message).template).toBe("string");
  },
);

test("a line of 32 KB stays cheap, whatever it holds", () => {
  for (const unit of [
    "1",
    "[",
    "(",
    '"',
    "'",
    "=",
    "a=b ",
    "\\",
    "a",
    "{",
    '{"a":',
    "\n",
    "at a.b(A.java:1)\n",
    "user x ",
    ".",
  ]) {
    const line = unit.repeat(32_768 / unit.length);
    normalizeMessage(line, line);
    // The best of three, each of a text that no cache knows: a pause of the machine is not the code's.
    const times = ["x", "y", "z"].map((end) => {
      const begin = performance.now();
      normalizeMessage(line + end, line + end);
      return performance.now() - begin;
    });
    // 5 ms is the bar of the benchmark; ten times as much only fails what is not linear, on any machine.
    expect(Math.min(...times), JSON.stringify(unit)).toBeLessThan(50);
  }
});

const PARTS = {
  serviceName: "shop",
  messageTemplate: "order <id> failed",
  exceptionType: "E",
  firstStackFrame: "f (a.js)",
};

test("the fingerprint is SHA-256 of version, service, template, type and frame", () => {
  // printf '1|shop|order <id> failed|E|f (a.js)' | sha256sum
  expect(fingerprint(PARTS)).toBe("6727f1073d2fd0c7fcea797792d47ab02be35ce9d400eb88d392007ee01c1d42");
});

test("separators inside a field cannot imitate another split", () => {
  const one = fingerprint({ ...PARTS, serviceName: "a|b", messageTemplate: "c" });
  const other = fingerprint({ ...PARTS, serviceName: "a", messageTemplate: "b|c" });
  const escaped = fingerprint({ ...PARTS, serviceName: "a\\", messageTemplate: "b|c" });
  expect(new Set([one, other, escaped]).size).toBe(3);
});
