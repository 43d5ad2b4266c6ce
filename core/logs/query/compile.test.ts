import { describe, expect, test } from "vitest";
import type { LogRow } from "../log-row.ts";
import { compileCounted } from "./compile.ts";
import { compile, parseQuery } from "./index.ts";
import { row } from "./row.fixtures.ts";

const matches = (query: string, over: Partial<LogRow>) => compile(parseQuery(query))(row(over));
type Case = [query: string, over: Partial<LogRow>, expected: boolean];
const message = (text: string): Partial<LogRow> => ({ message: text });
const attributes = (value: unknown): Partial<LogRow> => ({ attributes: JSON.stringify(value) });

function table(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    test.each(cases)("%s on %o: %s", (query, over, expected) => {
      expect(matches(query, over)).toBe(expected);
    });
  });
}

table("a word is found whole, in any case, as it is written", [
  ["", {}, true],
  ["  ", {}, true],
  ["*", {}, true],
  ["TIMEOUT", {}, true],
  ["time", {}, false],
  ["out", {}, false],
  ["10.0.0.1", {}, true],
  ["10.0.0.1", message("at 10.0.0.17"), false],
  ["10.0.0.1", message("at 110.0.0.1"), false],
  ["foo-bar", message("foo bar"), false],
  ["user@example.com", message("<User@Example.com>"), true],
  ["a=b", message("x,a=b;"), true],
  ["über", message("ÜBER"), true],
  ["οδος", message("ΟΔΟΣ."), true],
  ["-", message("a - b"), true],
  ["http://x.y/z", message("GET http://x.y/z 200"), true],
  ["Foo::bar", message("in Foo::bar()"), true],
  ["C:\\temp", message("C:\\temp missing"), true],
  ["\udc00abc", message("𝐀abc"), false],
  ["12:30:45", message("at 12:30:45"), true],
]);

table("a phrase is found with its blanks alike, and its stars are stars", [
  ['"connection timeout"', {}, true],
  ['"timeout connection"', {}, false],
  ['"connection timeout"', message("Connection \n\t timeout"), true],
  ['"connection time"', {}, false],
  ["'connection timeout'", {}, true],
  ['"a * b"', message("a * b"), true],
  ['"a*"', message("ab"), false],
  ['"say \\"hi\\""', message('say "hi" now'), true],
  ['"C:\\temp\\new"', message("C:\\temp\\new"), true],
  ['" timeout "', {}, true],
  ['"OR"', message("this or that"), true],
]);

table("a star stands for characters that are not blank", [
  ["conn*", {}, true],
  ["*out", {}, true],
  ["*meou*", {}, true],
  ["onn*", {}, false],
  ["*time", {}, false],
  ["con*ion", {}, true],
  ["con*out", {}, false],
  ["c*n*t*n", {}, true],
  ["a*b*a", message("aba"), true],
  ["a*a", message("a"), false],
  ["a*c", message("ab a-c"), true],
  ["a*c", message("xa-c"), false],
  ["user-*", message("user-17"), true],
]);

table("without a field, message, trace, trace id and attribute values are searched", [
  ["oops", { trace: "Error: oops\n at x" }, true],
  ["4bf9", { traceId: "4BF9" }, true],
  ["alice", attributes({ user: { names: ["bob", "Alice"] } }), true],
  ["user", attributes({ user: "bob" }), false],
  ["17", attributes({ n: 17 }), true],
  ["100", { attributes: '{"n":1e2}' }, true],
  ["true", attributes({ ok: true }), true],
  ["null", attributes({ ok: null }), false],
  ["alice", { attributes: '{"user":"\\u0061lice"}' }, true],
  ["infinity", { attributes: '{"n":1e999}' }, false],
  ["payment", {}, false],
  ["alice", { attributes: '{"user":"alice"' }, false],
]);

table("columns have their fields", [
  ["level:error", {}, true],
  ["level:err", {}, true],
  ["level:warning", { level: "WARN" }, true],
  ["level:critical", { level: "FATAL" }, true],
  ["level:>=warn", {}, true],
  ["level:>error", {}, false],
  ["level:<warn", { level: "INFO" }, true],
  ["level:[info TO warn]", { level: "WARN" }, true],
  ["level:[info TO warn}", { level: "WARN" }, false],
  ["level:warn*", { level: "WARN" }, true],
  ["level:(error OR warn)", { level: "WARN" }, true],
  ["level:(error OR warn)", { level: "INFO" }, false],
  ["service:payment", {}, true],
  ["service:pay", {}, false],
  ["service:Payment", {}, false],
  ["service:pay*", {}, true],
  ["serviceName:(a OR pay*)", {}, true],
  ["env:production", {}, true],
  ["environment:*duct*", {}, true],
  ["message:timeout", {}, true],
  ["message:oops", { trace: "oops" }, false],
  ['message:="connection timeout to 10.0.0.1"', {}, true],
  ['message:="connection timeout"', {}, false],
  ['template:"<ip>"', {}, true],
  ["trace:oops", { trace: "an oops" }, true],
  ["trace:*", {}, false],
  ["trace_id:*", { traceId: "x" }, true],
  ["trace_id:4bf9*", { traceId: "4bf92f35" }, true],
  ["traceId:00012345678901234567890", { traceId: "00012345678901234567890" }, true],
  [`fingerprint:${"AB".repeat(32)}`, {}, true],
  ["event_id:0199ddb8-d6fb-7a2f-abaa-8abe708f0012", {}, true],
  ["event_id:0199ddb8-d6fb-7a2f-abaa-8abe708f0013", {}, false],
]);

table("a time is as long as it is exact", [
  ["timestamp:2026-01-31", {}, true],
  ["timestamp:2026-01-31T08:00", {}, true],
  ["timestamp:2026-01-31T08:00:00Z", {}, true],
  ["timestamp:2026-01-31T09:00:00+01:00", {}, true],
  ["timestamp:2026-01-31T08:00:00.000Z", {}, false],
  ['timestamp:"2026-01-31 08:00:00"', {}, true],
  ["timestamp:1769846400", {}, true],
  ["timestamp:>2026-01-31", {}, false],
  ["timestamp:>=2026-01-31", {}, true],
  ["timestamp:<=2026-01-31", {}, true],
  ["timestamp:<2026-01-31", {}, false],
  ["timestamp:[2026-01-30 TO 2026-01-31]", {}, true],
  ["timestamp:[2026-01-30 TO 2026-01-31}", {}, false],
  ["timestamp:[2026-01-31T08:00:00Z TO *]", {}, true],
  ["received_at:>2026-02-01", {}, false],
]);

table("every other field is a path into the attributes", [
  ["user.id:42", attributes({ user: { id: 42 } }), true],
  ["user.id:42", attributes({ "user.id": "42" }), true],
  ["a.b.c:x", attributes({ a: { "b.c": "x" } }), true],
  ["a.b.c:x", attributes({ "a.b": { c: "x" } }), true],
  ["user.id:42", attributes({ user: { id: 421 } }), false],
  ["n:42.0", attributes({ n: 42 }), true],
  ["n:-5", attributes({ n: -5 }), true],
  ["name:web*", attributes({ name: "WEB-1" }), true],
  ["name:a*b*b", attributes({ name: "ab" }), false],
  ["name:a*b*b", attributes({ name: "abb" }), true],
  ["n:infinity", { attributes: '{"n":1e999}' }, false],
  ["name:web", attributes({ name: "web-1" }), false],
  ["name:Web-1", attributes({ name: "web-1" }), true],
  ["name:=Web-1", attributes({ name: "web-1" }), false],
  ["ok:true", attributes({ ok: true }), true],
  ["x:null", attributes({ x: null }), true],
  ["x:*", attributes({ x: null }), false],
  ["x:*", attributes({ x: { y: 1 } }), true],
  ["tags:b", attributes({ tags: ["a", "b"] }), true],
  ["tags.1:b", attributes({ tags: ["a", "b"] }), true],
  ["tags.0:b", attributes({ tags: ["a", "b"] }), false],
  ["items.id:2", attributes({ items: [{ id: 1 }, { id: 2 }] }), true],
  ["tags.length:1", attributes({ tags: ["a"] }), false],
  ["toString:*", attributes({}), false],
  ["__proto__:x", { attributes: '{"__proto__":"x"}' }, true],
  ['"odd key":x', attributes({ "odd key": "x" }), true],
  ['"level":x', attributes({ level: "x" }), true],
  ["attributes.level:x", attributes({ level: "x" }), true],
  ["latency_ms:>500", attributes({ latency_ms: 501 }), true],
  ["latency_ms:> 500", attributes({ latency_ms: 501 }), true],
  ["latency_ms:>500", attributes({ latency_ms: 500 }), false],
  ["latency_ms:>500", attributes({ latency_ms: "1500" }), true],
  ["latency_ms:>500", attributes({ latency_ms: "1500ms" }), false],
  ["latency_ms:>500", {}, false],
  ["latency_ms:[100 TO 500]", attributes({ latency_ms: 500 }), true],
  ["latency_ms:{100 TO 500}", attributes({ latency_ms: 500 }), false],
  ["latency_ms:[* TO 500]", attributes({ latency_ms: -1 }), true],
  ["latency_ms:(>100 <500)", attributes({ latency_ms: 300 }), true],
  ["at:>=2026-01-31", attributes({ at: "2026-01-31T08:00:00Z" }), true],
  ["at:<2026-01-31", attributes({ at: "2026-01-31T08:00:00Z" }), false],
]);

table("conditions combine, AND tighter than OR", [
  ["timeout -health", {}, true],
  ["timeout -connection", {}, false],
  ["NOT health", {}, true],
  ["NOT NOT timeout", {}, true],
  ["-(health OR timeout)", {}, false],
  ["x OR y timeout", {}, false],
  ["timeout OR x y", {}, true],
  ["x y OR timeout", {}, true],
  ["(x OR timeout) AND (y OR connection)", {}, true],
  ["level:(error -warn)", {}, true],
  ["-user:bob", {}, true],
  ["(timeout)(connection)", {}, true],
  ["timeout\nAND\tconnection", {}, true],
]);

describe("attributes are parsed at most once a row, and only when nothing cheaper decides", () => {
  const found = row({ message: "timeout", attributes: '{"user":"bob","n":1}' });
  test.each<[query: string, parses: number]>([
    ["timeout", 0],
    ["level:info user:bob", 0],
    ["user:bob level:info", 0],
    ["user:bob OR timeout", 0],
    ["bob OR timeout", 0],
    ["alice", 0],
    ["absent:1", 0],
    ["user:bob", 1],
    ["user:bob n:1 bob", 1],
    ["-user:bob OR n:2 OR bob", 1],
  ])("%s", (query, parses) => {
    const compiled = compileCounted(parseQuery(query));
    compiled.matches(found);
    expect(compiled.parses()).toBe(parses);
  });
});
