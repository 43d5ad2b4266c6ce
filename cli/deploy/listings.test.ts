import { expect, test } from "vitest";
import { parseAddress, parseBuckets, parseDatabases, parseQueues, parseSecretNames } from "./listings.ts";

// The texts are what wrangler 4.155 prints.

test("reads databases and the names of secrets, also behind a warning", () => {
  expect(parseDatabases("[]\n")).toEqual([]);
  expect(parseDatabases('▲ [WARNING] x\n\n[\n  {\n    "uuid": "u",\n    "name": "log0"\n  }\n]\n')).toEqual([
    { uuid: "u", name: "log0" },
  ]);
  expect(parseSecretNames('[\n  {\n    "name": "A",\n    "type": "secret_text"\n  }\n]\n')).toEqual(["A"]);
});

test.each(["", "Getting User settings...", "{}", '[\n  {\n    "name": 1\n  }\n]'])("refuses %j as a list", (text) => {
  expect(() => parseDatabases(text)).toThrow("wrangler d1 list: its answer cannot be read");
  expect(() => parseSecretNames(text)).toThrow("wrangler secret list: its answer cannot be read");
});

test("reads the names of buckets", () => {
  const text =
    "Listing buckets...\nname:           log0\ncreation_date:  2026\n\nname:           b-2\ncreation_date:  2026\n";
  expect(parseBuckets(text)).toEqual(["log0", "b-2"]);
  expect(parseBuckets("Listing buckets...\n\n")).toEqual([]);
});

test("reads the names of queues, in whichever column they stand", () => {
  const plain =
    "┌────┬──────┐\n│ id │ name │\n├────┼──────┤\n│ 44 │ jobs │\n├────┼──────┤\n│ 45 │ dead │\n└────┴──────┘\n";
  expect(parseQueues(plain)).toEqual(["jobs", "dead"]);
  expect(parseQueues("│ name │ jurisdiction │ id │\n│ jobs │ eu │ 44 │\n")).toEqual(["jobs"]);
  expect(parseQueues("\n")).toEqual([]);
  expect(() => parseQueues("│ id │ queue │\n│ 44 │ jobs │\n")).toThrow("no column of names");
});

test("reads the address of a deployment, and no link of a warning before it", () => {
  const warning = "▲ [WARNING] see\n  https://developers.cloudflare.com/x\n\n";
  const deployed = "Deployed log0 triggers (0.03 sec)\n  https://log0.sub.workers.dev\n  schedule: * * * * *\n";
  expect(parseAddress(warning + deployed)).toBe("https://log0.sub.workers.dev");
  expect(parseAddress("Deployed log0 triggers (0.03 sec)\n  schedule: * * * * *\n")).toBeUndefined();
  expect(parseAddress(warning)).toBeUndefined();
});
