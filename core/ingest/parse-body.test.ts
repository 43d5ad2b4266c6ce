import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCode } from "../errors.ts";
import { receivedAt } from "../events/events.fixtures.ts";
import { type BodyFormat, formatOf, parseBody } from "./parse-body.ts";

const defaults = { serviceName: "s", environment: "e", receivedAt };
const encoder = new TextEncoder();

/** Text, with `�` standing for a byte that is no UTF-8. */
function bytesOf(text: string): Uint8Array {
  const bytes = text.split("�").flatMap((part, index) => [...(index === 0 ? [] : [0xff]), ...encoder.encode(part)]);
  return Uint8Array.from(bytes);
}

const parse = (text: string, format: BodyFormat) => parseBody(bytesOf(text), format, defaults);
const messages = (text: string, format: BodyFormat) => parse(text, format).events.map(({ event }) => event.message);
const rejections = (text: string, format: BodyFormat) =>
  parse(text, format).rejected.map(({ index, code }) => [index, code]);

function codeOf(text: string, format: BodyFormat): string {
  try {
    parse(text, format);
    return "accepted";
  } catch (error) {
    return errorCode(error);
  }
}

describe("the format of a body", () => {
  it.each([
    ["application/json", "json"],
    ["Application/JSON; charset=utf-8", "json"],
    ["application/vnd.acme+json", "json"],
    ["application/x-ndjson", "ndjson"],
    ["application/ndjson", "ndjson"],
    ["application/jsonl", "ndjson"],
    ["application/jsonlines", "ndjson"],
    ["application/json-lines", "ndjson"],
    ["text/plain;charset=utf-8", "text"],
    ["application/x-www-form-urlencoded", "auto"],
    ["application/jsonx", "auto"],
    ["", "auto"],
    [null, "auto"],
  ])("of type %j is %s", (type, format) => expect(formatOf(type)).toBe(format));

  it.each([
    [null, "text", "text"],
    ["application/octet-stream", "ndjson", "ndjson"],
    ["application/x-www-form-urlencoded", "json", "json"],
    ["application/json", "text", "json"],
    ["text/plain", "ndjson", "text"],
  ] as const)("of type %j is, with the hint %s, %s", (type, hint, format) => expect(formatOf(type, hint)).toBe(format));
});

describe("a JSON document", () => {
  it.each([
    ["one event", '{"message":"a"}', ["a"]],
    ["an array", '[{"message":"a"},"b"]', ["a", "b"]],
    ["an object of logs", '{"logs":[{"message":"a"},{"message":"b"}]}', ["a", "b"]],
    ["one bare text", '"a"', ["a"]],
    ["a document with a byte order mark", '\ufeff{"message":"a"}', ["a"]],
    ["a document in several lines", '[\n {"message":"a"}\n]', ["a"]],
  ])("may be %s", (_form, body, expected) => {
    expect(messages(body, "json")).toEqual(expected);
    if (!body.startsWith('"')) expect(messages(body, "auto")).toEqual(expected);
  });

  it("keeps the good neighbours of bad events, and the indexes of the bad", () => {
    const body = '{"logs":[{"message":"a"},5,{"message":""},{"message":"b"}]}';
    expect(messages(body, "json")).toEqual(["a", "b"]);
    expect(rejections(body, "json")).toEqual([
      [1, "invalid_type"],
      [2, "missing_message"],
    ]);
  });

  it("tells which timestamps were replaced", () => {
    const { adjusted, events } = parse('[{"message":"a"},{"message":"b","ts":"soon"}]', "json");
    expect(adjusted.map(({ index, code }) => [index, code])).toEqual([[1, "invalid_type"]]);
    expect(events).toHaveLength(2);
  });

  it("sent line by line as application/json is read as NDJSON", () => {
    const body = '{"message":"a"}\n\nbroken\n{"message":"b"}\n';
    expect(messages(body, "json")).toEqual(["a", "b"]);
    expect(rejections(body, "json")).toEqual([[1, "invalid_json"]]);
  });
});

describe("NDJSON", () => {
  it("keeps the neighbours of bad lines; an index counts the lines that are not empty", () => {
    const body = '{"message":"a"}\r\n\n{"message":\n[]\n  \n{"message":"b"}\n�{"message":"c"}\n{"message":"d"}';
    expect(messages(body, "ndjson")).toEqual(["a", "b", "d"]);
    expect(rejections(body, "ndjson")).toEqual([
      [1, "invalid_json"],
      [2, "invalid_type"],
      [4, "invalid_utf8"],
    ]);
  });

  it("is kept where every line is bad: each is named", () =>
    expect(rejections("x\n�", "ndjson")).toEqual([
      [0, "invalid_json"],
      [1, "invalid_utf8"],
    ]));
});

describe("plain text", () => {
  it("is an event a line, with its stack trace", () => {
    const { events } = parse("a\n\tat x\nb", "text");
    expect(events.map(({ event }) => [event.message, event.trace])).toEqual([
      ["a", "\tat x"],
      ["b", undefined],
    ]);
  });

  it("is not read as JSON when it says that it is text", () =>
    expect(messages('{"message":"a"}', "text")).toEqual(['{"message":"a"}']));

  it("is what a body of no type is that does not look like JSON", () =>
    expect(messages("a\nb", "auto")).toEqual(["a", "b"]));

  it("keeps the neighbours of a line that is no UTF-8", () => {
    expect(messages("a\n�b\nc\n\tat x", "text")).toEqual(["a", "c"]);
    expect(rejections("a\n�b\nc\n\tat x", "text")).toEqual([[1, "invalid_utf8"]]);
  });

  it("takes the timestamp that a line begins with", () => {
    const iso = new Date(receivedAt).toISOString();
    expect(parse(`${iso} up`, "text").events[0]?.event).toMatchObject({ timestamp: receivedAt, message: `${iso} up` });
  });
});

describe("a body is refused whole", () => {
  it.each([
    ["empty_body", "", "json"],
    ["empty_body", " \n ", "auto"],
    ["empty_body", "[]", "json"],
    ["empty_body", '{"logs":[]}', "json"],
    ["empty_body", "\n\n", "ndjson"],
    ["empty_body", " \t", "text"],
    ["invalid_json", "{", "json"],
    ["invalid_json", "hello", "json"],
    ["invalid_json", '[{"message":"a"}', "auto"],
    ["invalid_json", '{"message":"a"', "json"],
    ["invalid_json", 'x\n{"message":"a"}', "json"],
    ["invalid_utf8", '{"message":"�"}', "json"],
    ["invalid_utf8", '[{"message":"�"}]', "auto"],
    ["invalid_type", '{"logs":{}}', "json"],
    ["invalid_type", '{"logs":null}', "json"],
  ] as const)("%s: %j as %s", (code, body, format) => expect(codeOf(body, format)).toBe(code));

  it.each(["json", "ndjson", "text"] as const)("above 10,000 events, and not at 10,000, as %s", (format) => {
    const line = format === "text" ? "m" : '{"message":"m"}';
    const body = (count: number) =>
      format === "json" ? `[${Array(count).fill(line).join(",")}]` : Array(count).fill(line).join("\n");
    expect(parse(body(10_000), format).events).toHaveLength(10_000);
    expect(codeOf(body(10_001), format)).toBe("too_many_events");
  });

  it("above 10,000 events, be they accepted or not", () => {
    expect(parse(Array(10_000).fill("x").join("\n"), "ndjson").rejected).toHaveLength(10_000);
    expect(codeOf(Array(10_001).fill("�").join("\n"), "ndjson")).toBe("too_many_events");
  });
});

describe("any body", () => {
  const format = fc.constantFrom<BodyFormat>("json", "ndjson", "text", "auto");

  it("is read or refused by name, whatever its bytes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...'{}[]":,a\\\n\t \ufeff\u0000') }).map((text) => encoder.encode(text)),
    );
    fc.assert(
      fc.property(bytes, format, (body, as) => {
        try {
          const { events, rejected } = parseBody(body, as, defaults);
          expect(events.length + rejected.length).toBeGreaterThan(0);
        } catch (error) {
          expect(errorCode(error)).toMatch(/^(empty_body|invalid_(json|utf8|type))$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("of NDJSON accounts for every line: accepted, or rejected under its own index", () => {
    const good = fc.integer({ min: 0, max: 999 }).map((number) => ({ good: true, line: `{"message":"m${number}"}` }));
    const bad = fc.constantFrom("{", "5", "�", "{}", '{"message":5}').map((line) => ({ good: false, line }));
    fc.assert(
      fc.property(fc.array(fc.oneof(good, bad), { minLength: 1 }), (lines) => {
        const { events, rejected } = parse(lines.map(({ line }) => line).join("\n\n"), "ndjson");
        const expected = lines.flatMap((line) => (line.good ? [line.line] : []));
        expect(events.map(({ event }) => `{"message":"${event.message}"}`)).toEqual(expected);
        expect(rejected.map(({ index }) => index)).toEqual(lines.flatMap((line, index) => (line.good ? [] : [index])));
      }),
    );
  });
});
