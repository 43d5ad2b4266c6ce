import { describe, expect, it } from "vitest";
import { LIMITS } from "../../schema/contracts/limits.ts";
import { errorCode } from "../errors.ts";
import { receivedAt } from "../events/events.fixtures.ts";
import { MAX_FUTURE_MS, MAX_PAST_MS } from "../events/timestamp.ts";
import { type EventDefaults, type ParsedEvent, parseEvent } from "./parse-event.ts";

const defaults: EventDefaults = { serviceName: "default-service", environment: "production", receivedAt };
const parse = (value: unknown): ParsedEvent => parseEvent(value, defaults);
const event = (fields: object) => parse({ message: "m", ...fields }).event;
const iso = new Date(receivedAt).toISOString();

function codeOf(value: unknown, given: EventDefaults = defaults): string {
  try {
    parseEvent(value, given);
    return "accepted";
  } catch (error) {
    return errorCode(error);
  }
}

/** An object nested to a depth, itself counted. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? { k: value } : [value];
  return value;
}

describe("a field is known by each of its names", () => {
  it.each([
    ["message", "message", "hello"],
    ["msg", "message", "hello"],
    ["level", "level", "warn"],
    ["severity", "level", "warn"],
    ["serviceName", "serviceName", "cart"],
    ["service", "serviceName", "cart"],
    ["service_name", "serviceName", "cart"],
    ["environment", "environment", "staging"],
    ["env", "environment", "staging"],
    ["trace", "trace", "at a.b(C.java:1)"],
    ["stack_trace", "trace", "at a.b(C.java:1)"],
    ["stack", "trace", "at a.b(C.java:1)"],
    ["traceId", "traceId", "4bf9"],
    ["trace_id", "traceId", "4bf9"],
  ])("%s is the %s", (key, field, value) => {
    // The message that the others need would come before `msg`.
    const sent = key === "msg" ? { message: null, [key]: value } : { [key]: value };
    expect(event(sent)).toMatchObject({ [field]: value });
    expect(event(sent).attributes).toBeUndefined();
  });

  it.each(["timestamp", "logTimestamp", "@timestamp", "time", "ts"])("%s is the timestamp", (key) =>
    expect(event({ [key]: iso }).timestamp).toBe(receivedAt),
  );

  it("eventId is the client's id, no part of the event", () => {
    expect(parse({ message: "m", eventId: " abc " })).toMatchObject({ clientId: "abc" });
  });

  it.each([
    ["severityNumber", 17, "ERROR"],
    ["level", 30, "30"],
    ["level", 3, "3"],
  ])("%s may be the number %i", (key, value, level) => expect(event({ [key]: value }).level).toBe(level));

  it("a level in words wins over severityNumber in any order", () => {
    expect(event({ severityNumber: 17, level: "warn" }).level).toBe("warn");
    expect(event({ level: "warn", severityNumber: 17 }).level).toBe("warn");
  });

  it.each([
    [{ message: "a", msg: "b" }, { message: "a" }, { msg: "b" }],
    [{ level: "warn", severity: "high" }, { level: "warn" }, { severity: "high" }],
    [{ time: "2026-01-07T10:00:00Z", ts: 5 }, {}, { ts: 5 }],
    [{ level: "warn", severityNumber: 17 }, { level: "warn" }, { severityNumber: 17 }],
    [{ severityNumber: "17" }, {}, { severityNumber: "17" }],
    [{ eventId: "mine" }, {}, { eventId: "mine" }],
  ])("%j: what a field has no room for is kept as an attribute", (sent, fields, attributes) => {
    const parsed = event(sent);
    expect(parsed).toMatchObject(fields);
    expect(JSON.parse(parsed.attributes ?? "{}")).toMatchObject(attributes);
  });
});

describe("what an event does not say", () => {
  it("the request's defaults say", () => {
    expect(event({})).toEqual({ serviceName: "default-service", environment: "production", level: "", message: "m" });
  });

  it.each([null, "", "   "])("a name of %j says nothing", (name) =>
    expect(event({ service: name, environment: name })).toMatchObject({
      serviceName: "default-service",
      environment: "production",
    }),
  );

  it("an event may override both", () => {
    expect(event({ service: " a ", env: "b" })).toMatchObject({ serviceName: "a", environment: "b" });
  });

  it("a bare text is a message", () => expect(parse("hello").event.message).toBe("hello"));
});

describe("attributes", () => {
  it("of metadata, of attributes and of unknown fields are merged and kept", () => {
    const { attributes } = event({
      metadata: { a: 1 },
      attributes: { b: [true, null] },
      status: 500,
      user: { id: "u" },
    });
    expect(JSON.parse(attributes ?? "")).toEqual({ a: 1, b: [true, null], status: 500, user: { id: "u" } });
  });

  it("are none where nothing but null was sent", () => expect(event({ extra: null }).attributes).toBeUndefined());

  it.each(["trace_id", "traceId", "trace.id", "dd.trace_id"])("give the trace id that they name %s", (key) =>
    expect(event({ attributes: { [key]: "t-1" } }).traceId).toBe("t-1"),
  );

  it("give no trace id that is too long for one: it stays an attribute", () => {
    const long = "x".repeat(LIMITS.nameCharacters + 1);
    expect(event({ attributes: { trace_id: long } }).traceId).toBeUndefined();
  });

  it("give no trace id where the event has its own", () =>
    expect(event({ traceId: "own", attributes: { trace_id: "other" } }).traceId).toBe("own"));

  it.each(["__proto__", "constructor", "prototype", "toString", "toJSON"])(
    "named %s harm nothing and are kept",
    (key) => {
      const body: unknown = JSON.parse(`{"message":"m","${key}":{"polluted":1},"metadata":{"${key}":{"polluted":1}}}`);
      const { attributes } = parse(body).event;
      expect(attributes).toBe(`{"${key}":{"polluted":1}}`);
      expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
      expect("polluted" in {}).toBe(false);
    },
  );

  it("may be nested 32 deep and no deeper", () => {
    expect(codeOf({ message: "m", attributes: nested(32) })).toBe("invalid_type");
    expect(codeOf({ message: "m", attributes: { a: nested(31) } })).toBe("accepted");
    expect(codeOf({ message: "m", attributes: { a: nested(32) } })).toBe("attributes_too_deep");
    expect(codeOf({ message: "m", extra: nested(31) })).toBe("accepted");
    expect(codeOf({ message: "m", extra: nested(32) })).toBe("attributes_too_deep");
  });

  it("nested deeper than the engine's stack are refused by name", () =>
    expect(codeOf({ message: "m", a: nested(100_000) })).toMatch(/^attributes_too_(deep|large)$/));

  it("are not deep for brackets and quotes inside texts", () =>
    expect(codeOf({ message: "m", a: `${'"{[\\'.repeat(100)}` })).toBe("accepted"));

  it("have at most 32,000 characters as JSON", () => {
    const room = LIMITS.attributesCharacters - '{"a":""}'.length;
    expect(codeOf({ message: "m", a: "x".repeat(room) })).toBe("accepted");
    expect(codeOf({ message: "m", a: "x".repeat(room + 1) })).toBe("attributes_too_large");
  });
});

describe("a timestamp that is not believed", () => {
  it.each([
    ["from the future", receivedAt + MAX_FUTURE_MS + 1, "outside"],
    ["too old", receivedAt - MAX_PAST_MS - 1, "outside"],
    ["in no known format", "soon", "no known format"],
    ["negative", -5, "no known format"],
  ])("%s is kept as an attribute, and the client is told", (_why, timestamp, said) => {
    const parsed = parse({ message: "m", timestamp });
    expect(parsed.event.timestamp).toBeUndefined();
    expect(JSON.parse(parsed.event.attributes ?? "")).toEqual({ "log0.original_timestamp": String(timestamp) });
    expect(parsed.adjusted).toContain(said);
  });

  it.each([receivedAt + MAX_FUTURE_MS, receivedAt - MAX_PAST_MS])("but %i, at the bound, is", (timestamp) =>
    expect(parse({ message: "m", timestamp })).toEqual({ event: { ...event({}), timestamp } }),
  );

  it("is kept with at most 100 characters", () => {
    const { attributes } = event({ timestamp: "x".repeat(5_000) });
    expect(JSON.parse(attributes ?? "")).toEqual({ "log0.original_timestamp": "x".repeat(100) });
  });

  it("keeps its nanoseconds when it is believed", () => {
    const parsed = event({ timestamp: iso.replace("345Z", "345678912Z") });
    expect(parsed).toMatchObject({ timestamp: receivedAt, nanoseconds: 678_912 });
  });
});

describe("an event is rejected by name", () => {
  const long = (characters: number) => "x".repeat(characters + 1);
  it.each([
    ["invalid_type", 5],
    ["invalid_type", null],
    ["invalid_type", true],
    ["invalid_type", []],
    ["invalid_type", { message: 5 }],
    ["invalid_type", { message: { text: "m" } }],
    ["invalid_type", { message: "m", level: true }],
    ["invalid_type", { message: "m", service: 5 }],
    ["invalid_type", { message: "m", timestamp: {} }],
    ["invalid_type", { message: "m", trace: ["a"] }],
    ["invalid_type", { message: "m", attributes: [] }],
    ["invalid_type", { message: "m", metadata: "text" }],
    ["missing_message", {}],
    ["missing_message", ""],
    ["missing_message", { message: " \n" }],
    ["missing_message", { message: "", trace: "" }],
    ["missing_message", { message: " ", trace: " \n" }],
    ["message_too_long", { message: long(LIMITS.messageCharacters) }],
    ["message_too_long", long(LIMITS.messageCharacters)],
    ["trace_too_long", { message: "m", trace: long(LIMITS.traceCharacters) }],
    ["level_too_long", { message: "m", level: long(LIMITS.levelCharacters) }],
    ["name_too_long", { message: "m", service: long(LIMITS.nameCharacters) }],
    ["name_too_long", { message: "m", env: long(LIMITS.nameCharacters) }],
    ["name_too_long", { message: "m", traceId: long(LIMITS.nameCharacters) }],
    ["name_too_long", { message: "m", eventId: long(LIMITS.nameCharacters) }],
  ])("%s", (code, value) => expect(codeOf(value)).toBe(code));

  it("missing_service, when neither it nor the request names one", () => {
    expect(codeOf({ message: "m" }, { ...defaults, serviceName: undefined })).toBe("missing_service");
    expect(codeOf({ message: "m", service: "a" }, { ...defaults, serviceName: undefined })).toBe("accepted");
  });

  it("but not where it is exactly as long as it may be", () => {
    const fields = {
      message: "x".repeat(LIMITS.messageCharacters),
      trace: "x".repeat(LIMITS.traceCharacters),
      level: "x".repeat(LIMITS.levelCharacters),
      service: "x".repeat(LIMITS.nameCharacters),
      traceId: "x".repeat(LIMITS.nameCharacters),
    };
    expect(codeOf(fields)).toBe("accepted");
  });

  it("but not for a message that is only a trace", () => expect(codeOf({ trace: "at a" })).toBe("accepted"));
});
