import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitTextLines } from "./text-lines.ts";

const messages = (text: string) => splitTextLines(text).map((entry) => entry.message);

describe("plain text", () => {
  it("is one entry a line", () => expect(messages("a\nb\r\nc")).toEqual(["a", "b", "c"]));

  it("has no entry for empty lines", () => expect(messages("\n\na\n \n\t\r\nb\n\n")).toEqual(["a", "b"]));

  it("of nothing has no entries", () => expect(splitTextLines("")).toEqual([]));

  it("keeps a Java stack trace with the line above it", () => {
    const trace = [
      "\tat com.acme.Pay.charge(Pay.java:42)",
      "\tat com.acme.Main.main(Main.java:7)",
      "Caused by: java.net.SocketTimeoutException: Read timed out",
      "    at java.base/java.net.Socket.read(Socket.java:1)",
      "\t... 12 more",
      "... 3 common frames omitted",
    ];
    const text = ["before", "java.lang.IllegalStateException: declined", ...trace, "after"].join("\r\n");
    expect(splitTextLines(text)).toEqual([
      { message: "before" },
      { message: "java.lang.IllegalStateException: declined", trace: trace.join("\n") },
      { message: "after" },
    ]);
  });

  it("keeps a Python traceback with the line above it, with the exception that ends it", () => {
    const trace = [
      "Traceback (most recent call last):",
      '  File "/app/pay.py", line 3, in charge',
      "    raise ValueError(1)",
      "ValueError: 1",
    ];
    expect(splitTextLines(["ERROR failed", ...trace, "INFO next", "INFO last"].join("\n"))).toEqual([
      { message: "ERROR failed", trace: trace.join("\n") },
      { message: "INFO next" },
      { message: "INFO last" },
    ]);
  });

  it("that begins with a traceback keeps it together", () => {
    expect(splitTextLines('Traceback (most recent call last):\n  File "a"\nValueError: 1\nnext')).toEqual([
      { message: "Traceback (most recent call last):", trace: '  File "a"\nValueError: 1' },
      { message: "next" },
    ]);
  });

  it("that begins with an indented line keeps it", () => expect(messages("  at a\nb")).toEqual(["  at a", "b"]));

  it.each(["Caused by trouble", "... and 3 more", "...", "Traceback follows", "at com.acme.Pay"])(
    "%j begins an entry of its own",
    (line) => expect(messages(`a\n${line}`)).toEqual(["a", line]),
  );

  it("keeps an exception that log4j puts below the entry", () => {
    const trace = "com.acme.DeclinedException: no\n\tat com.acme.Pay.charge(Pay.java:3)";
    expect(splitTextLines(`ERROR failed\n${trace}\nINFO next`)).toEqual([
      { message: "ERROR failed", trace },
      { message: "INFO next" },
    ]);
  });

  it("keeps chained Python tracebacks together", () => {
    const one = 'Traceback (most recent call last):\n  File "a"\nKeyError: 1';
    const trace = `${one}\nDuring handling of the above exception, another exception occurred:\n${one}`;
    expect(splitTextLines(`ERROR failed\n${trace}\nINFO next`)).toEqual([
      { message: "ERROR failed", trace },
      { message: "INFO next" },
    ]);
  });
});

describe("the timestamp of a line", () => {
  it.each([
    ["2026-01-05T10:11:12Z up", "2026-01-05T10:11:12Z"],
    ["2026-01-05 10:11:12,123 up", "2026-01-05 10:11:12,123"],
    ["[2026-01-05 10:11:12.123456] up", "2026-01-05 10:11:12.123456"],
    ["2026-01-05T10:11:12.5+0100 up", "2026-01-05T10:11:12.5+0100"],
    ["2026-01-05T10:11:12 +01:00 up", "2026-01-05T10:11:12 +01:00"],
    ["2026-01-05T10:11:12|up", "2026-01-05T10:11:12"],
    ["2026-01-05T10:11:12", "2026-01-05T10:11:12"],
  ])("%j is %s", (line, timestamp) => expect(splitTextLines(line)).toEqual([{ message: line, timestamp }]));

  it.each(["up since 2026-01-05T10:11:12Z", "2026-01-05 up", "2026-01-05T10:11:12abc", "20260105T101112Z up"])(
    "%j has none",
    (line) => expect(splitTextLines(line)).toEqual([{ message: line }]),
  );
});

it("every line that is not blank is found again, in order", () => {
  const line = fc.oneof(
    fc.constantFrom("a", " b", "\tat x", "Traceback (most recent call last):", "Caused by: y", "", "  ", "... 2 more"),
    fc.string().map((text) => text.replace(/[\r\n]/g, "")),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const found = splitTextLines(lines.join("\n")).flatMap(({ message, trace }) => [
        message,
        ...(trace === undefined ? [] : trace.split("\n")),
      ]);
      expect(found).toEqual(lines.filter((text) => text.trim() !== ""));
    }),
  );
});

it("a hostile body costs linear time", () => {
  const start = performance.now();
  splitTextLines("\n".repeat(2_000_000));
  splitTextLines(`${" ".repeat(2_000_000)}x`);
  splitTextLines("Traceback (\n".repeat(100_000));
  expect(performance.now() - start).toBeLessThan(3_000);
});
