import { describe, expect, test } from "vitest";
import { parseQuery, type Requirements, requirements } from "./index.ts";

const DAY = Date.parse("2026-01-31T00:00:00Z");
const NEXT = Date.parse("2026-02-01T00:00:00Z");

describe("a query requires", () => {
  test.each<[query: string, required: Partial<Requirements>]>([
    ["", {}],
    ["*", {}],
    ["level:error", { levels: ["ERROR"] }],
    ["level:>=warn", { levels: ["WARN", "ERROR", "FATAL"] }],
    ["-level:debug", { levels: ["INFO", "WARN", "ERROR", "FATAL"] }],
    ["level:error level:warn", { levels: [] }],
    ["level:error OR service:a", {}],
    ["level:error service:a OR level:warn service:b", { levels: ["WARN", "ERROR"], services: ["a", "b"] }],
    ["service:a", { services: ["a"] }],
    ["service:a*", {}],
    ["-service:a", {}],
    ["NOT (level:error OR service:a)", { levels: ["DEBUG", "INFO", "WARN", "FATAL"] }],
    ["env:(a OR b)", { environments: ["a", "b"] }],
    ["fingerprint:AB", { fingerprints: ["ab"] }],
    ["trace_id:4BF9-77", { traceIds: ["4BF9-77"], words: ["4bf9", "77"] }],
    ["trace_id:4bf9-77*", { words: ["4bf9"] }],
    ["Timeout", { words: ["timeout"] }],
    ['"connection timeout" -health', { words: ["connection", "timeout"] }],
    ["timeout x", { words: ["timeout"] }],
    ["time*", {}],
    ["*out", {}],
    ["foo-bar*baz-qux", { words: ["foo", "qux"] }],
    ["aa OR bb", {}],
    ["(aa bb) OR (bb cc)", { words: ["bb"] }],
    ["(level:error level:warn aa) OR bb", { words: ["bb"] }],
    ["template:timeout", {}],
    ["trace:oops", { words: ["oops"] }],
    ["user:Alice", { words: ["alice"] }],
    ["user.id:421", { words: ["421"] }],
    ["user.id:421.0", {}],
    ["user.id:>421", {}],
    ["x:null", {}],
    ['x:="Ab cd"', { words: ["ab", "cd"] }],
    ["x:*", {}],
    ["x".repeat(100), { words: ["x".repeat(64)] }],
    ["timestamp:2026-01-31", { from: DAY, to: NEXT }],
    ["timestamp:>=2026-01-31", { from: DAY }],
    ["-timestamp:>=2026-01-31", { to: DAY }],
    ["-timestamp:2026-01-31", {}],
    ["timestamp:<2026-01-31 OR timestamp:>=2026-02-01", {}],
    ["-*", { levels: [] }],
  ])("%s", (query, required) => {
    expect(requirements(parseQuery(query))).toEqual({ words: [], ...required });
  });
});
