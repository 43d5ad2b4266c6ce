import { expect, test } from "vitest";
import { fingerprint, normalizeMessage } from "../../core/normalize/index.ts";
import { LIMITS } from "../../schema/contracts/limits.ts";
import { goldenPath, STORM_LINES, STORM_PODS, STORM_SERVICE, STORY_MS } from "./golden-path.ts";

const endsAt = Date.UTC(2026, 4, 1, 12);
const story = goldenPath(7, endsAt);
const lines = story.batches.flatMap(({ serviceName, lines }) => lines.map((line) => ({ serviceName, ...line })));
const storm = lines.filter(({ serviceName }) => serviceName === STORM_SERVICE);

function fingerprintOf({ serviceName, message, trace }: (typeof lines)[number]): string {
  const { template, ...where } = normalizeMessage(message, trace);
  return fingerprint({ serviceName, messageTemplate: template, ...where });
}

test("the same seed tells the same story, another one another", () => {
  expect(goldenPath(7, endsAt)).toEqual(story);
  expect(goldenPath(8, endsAt)).not.toEqual(story);
});

test("three pods time out 2,400 times, all of one fingerprint, though the lines differ", () => {
  expect(storm).toHaveLength(STORM_LINES);
  expect(new Set(storm.map(({ attributes }) => attributes.pod)).size).toBe(STORM_PODS);
  expect(storm.every(({ level }) => level === "ERROR")).toBe(true);
  expect(new Set(storm.map(fingerprintOf)).size).toBe(1);
  expect(new Set(storm.map(({ trace }) => trace)).size).toBe(STORM_LINES);
  expect(new Set(storm.map(({ message }) => message)).size).toBeGreaterThan(100);
});

test("four other services are busy, and no warning of theirs comes near a threshold", () => {
  const ordinary = lines.filter(({ serviceName }) => serviceName !== STORM_SERVICE);
  expect(new Set(ordinary.map(({ serviceName }) => serviceName)).size).toBe(4);
  expect(new Set(ordinary.map(({ level }) => level))).toEqual(new Set(["INFO", "WARN"]));
  const warnings = new Map<string, number>();
  for (const line of ordinary.filter(({ level }) => level === "WARN")) {
    warnings.set(fingerprintOf(line), (warnings.get(fingerprintOf(line)) ?? 0) + 1);
  }
  expect(warnings.size).toBeGreaterThan(3);
  expect(Math.max(...warnings.values())).toBeLessThan(3);
});

test("it lasts three minutes and ends before the given time", () => {
  const times = lines.map(({ timestamp }) => Date.parse(timestamp));
  expect([story.from, story.to, story.lines]).toEqual([Math.min(...times), Math.max(...times), lines.length]);
  expect(story.from).toBeGreaterThanOrEqual(endsAt - STORY_MS);
  expect(story.to).toBeLessThan(endsAt);
  expect(story.to - story.from).toBeGreaterThan(STORY_MS * 0.99);
});

test("every line has a request id of its own, in this story and the next", () => {
  const next = goldenPath(8, endsAt).batches.flatMap(({ lines }) => lines);
  const ids = [...lines, ...next].map(({ attributes }) => attributes.requestId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("batches are of one pod, in the order of time, and within the limits of a request", () => {
  for (const { lines } of story.batches) {
    expect(new Set(lines.map(({ attributes }) => attributes.pod)).size).toBe(1);
    const times = lines.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted());
    expect(JSON.stringify(lines).length).toBeLessThan(LIMITS.requestBytes);
  }
});
