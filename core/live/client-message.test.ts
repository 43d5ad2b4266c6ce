import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PING, readClientMessage } from "./client-message.ts";
import { readFilter } from "./live-filter.ts";

describe("a client's message", () => {
  it.each([
    ['{"type":"ack","seq":7}', { type: "ack", seq: 7 }],
    [PING, { type: "ping" }],
    [' { "type" : "ping" } ', { type: "ping" }],
    ['{"type":"filter"}', { type: "filter" }],
    ['{"type":"filter","level":"error,WARN"}', { type: "filter", level: ["error", "WARN"] }],
    ['{"type":"filter","service":["a,b"],"q":"x"}', { type: "filter", service: ["a,b"], q: "x" }],
  ])("%s is read", (text, message) => expect(readClientMessage(text)).toEqual({ message }));

  it.each([
    ["", "the message is not JSON"],
    ["ack", "the message is not JSON"],
    ["null", "unknown message or field"],
    ["[]", "unknown message or field"],
    ["{}", "the field type is wrong"],
    ['{"type":"subscribe"}', "the field type is wrong"],
    ['{"type":"ack"}', "the field seq is wrong"],
    ['{"type":"ack","seq":-1}', "the field seq is wrong"],
    ['{"type":"ack","seq":1.5}', "the field seq is wrong"],
    ['{"type":"ack","seq":"1"}', "the field seq is wrong"],
    ['{"type":"ack","seq":1,"more":1}', "unknown message or field"],
    ['{"type":"filter","services":"a"}', "unknown message or field"],
    ['{"type":"filter","service":""}', "the field service is wrong"],
    ['{"type":"filter","service":[]}', "the field service is wrong"],
    ['{"type":"filter","level":5}', "the field level is wrong"],
  ])("%s is refused", (data, error) => expect(readClientMessage(data)).toEqual({ error }));

  it.each([
    [
      "a query longer than queries are",
      JSON.stringify({ type: "filter", q: "x".repeat(2_001) }),
      "the field q is wrong",
    ],
    [
      "more services than fit",
      JSON.stringify({ type: "filter", service: "a,".repeat(20) }),
      "the field service is wrong",
    ],
    ["a text longer than any message", JSON.stringify("x".repeat(20_000)), "the message is too long"],
    ["bytes", new ArrayBuffer(4), "binary messages mean nothing here"],
  ])("with %s is refused", (_what, data, error) => expect(readClientMessage(data)).toEqual({ error }));

  it("is read or refused whatever it is, with a reason that fits a close frame", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .dictionary(fc.constantFrom("type", "seq", "level", "q", "é".repeat(300)), fc.jsonValue())
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const read = readClientMessage(text);
        if ("error" in read) expect(new TextEncoder().encode(read.error).byteLength).toBeLessThanOrEqual(123);
      }),
    );
  });
});

describe("a filter", () => {
  it("has the same form however it was written", () => {
    const expected = { levels: ["ERROR", "WARN"], services: ["a", "b"], environments: ["dev"], q: "x" };
    expect(
      readFilter({ level: ["warning", "err", "WARN"], service: ["b", "a"], environment: ["dev"], q: "x" }),
    ).toEqual(expected);
  });

  it("of a level that does not exist is refused", () => {
    expect(() => readFilter({ level: ["loud"] })).toThrow(
      expect.objectContaining({ code: "invalid_query", message: "unknown level loud" }),
    );
  });

  it("of a query that cannot be read is refused, with its column", () => {
    expect(() => readFilter({ q: "level:(" })).toThrow(
      expect.objectContaining({ code: "invalid_query", column: expect.any(Number) }),
    );
  });
});
