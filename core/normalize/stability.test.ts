import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { HOSTILE } from "../../bench/grouping/hostile.ts";
import { FAMILIES, modernLines } from "../../bench/grouping/modern/index.ts";
import { fingerprint, normalizeMessage } from "./index.ts";

/** Families that the rules were made with. */
const KNOWN = new Set(["node", "spring", "go"]);

const LINES = [
  ...FAMILIES.filter((family) => KNOWN.has(family.name)).flatMap((family) =>
    modernLines(family, { seed: 7, lines: 400 }).map((line) => line.content),
  ),
  ...Object.values(HOSTILE),
];

type Normalize = typeof normalizeMessage;

function fingerprintsOf(lines: readonly string[], normalize: Normalize = normalizeMessage): string[] {
  return lines.map((line) => {
    const { template, exceptionType, firstStackFrame } = normalize(line);
    return fingerprint({ serviceName: "shop", messageTemplate: template, exceptionType, firstStackFrame });
  });
}

const EXPECTED = fingerprintsOf(LINES);

/** The numbers from 0 in an order that has nothing to do with theirs. */
function shuffled(length: number): number[] {
  return Array.from({ length }, (_, i) => i).sort(
    (a, b) => ((a * 7919) % 1009) - ((b * 7919) % 1009) || ((a * 31) % 17) - ((b * 31) % 17),
  );
}

test("the order of lines changes no fingerprint", () => {
  const order = shuffled(LINES.length);
  const found = fingerprintsOf(order.map((at) => LINES[at] ?? ""));
  expect(found).toEqual(order.map((at) => EXPECTED[at]));
});

test("batches of any size change no fingerprint", () => {
  for (const size of [1, 7, 250]) {
    const found: string[] = [];
    for (let from = 0; from < LINES.length; from += size) found.push(...fingerprintsOf(LINES.slice(from, from + size)));
    expect(found).toEqual(EXPECTED);
  }
});

test("caches that are full of other lines, or empty, change no fingerprint", async () => {
  for (let i = 0; i < 30_000; i++)
    normalizeMessage(`filler ${"abcdefghijklmnop"[i % 16]}${i.toString(36)} ${"x y ".repeat(i % 40)}`);
  expect(fingerprintsOf(LINES)).toEqual(EXPECTED);
  vi.resetModules();
  const fresh = await import("./index.ts");
  expect(fresh.normalizeMessage).not.toBe(normalizeMessage);
  expect(fingerprintsOf(LINES, fresh.normalizeMessage)).toEqual(EXPECTED);
});

const RUNTIME = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));

/** Another process: the lines come in by standard input, the fingerprints go out. */
const REPLICA = `
  import { fingerprint, normalizeMessage } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const part of process.stdin) text += part;
  const found = JSON.parse(text).map((line) => {
    const { template, exceptionType, firstStackFrame } = normalizeMessage(line);
    return fingerprint({ serviceName: "shop", messageTemplate: template, exceptionType, firstStackFrame });
  });
  process.stdout.write(JSON.stringify(found));`;

function replica(lines: readonly string[]): unknown {
  const { stdout, stderr, status } = spawnSync(RUNTIME, ["--input-type=module", "--eval", REPLICA], {
    input: JSON.stringify(lines),
    encoding: "utf8",
    maxBuffer: 64_000_000,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

test.skipIf(!existsSync(RUNTIME))("a restart and a second replica change no fingerprint", () => {
  // The replica that starts later sees the lines in another order.
  expect(replica(LINES)).toEqual(EXPECTED);
  expect(replica([...LINES].reverse())).toEqual([...EXPECTED].reverse());
});
