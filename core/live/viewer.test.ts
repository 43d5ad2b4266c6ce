import { serialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { LIMITS } from "../../schema/contracts/limits.ts";
import type { LogRow } from "../logs/log-row.ts";
import { MAX_QUERY_CHARACTERS } from "../logs/query/index.ts";
import { LIVE_LIMITS } from "./limits.ts";
import { logs, NOW, row, viewer } from "./live.fixtures.ts";
import { type LiveFilter, LiveMatcher } from "./live-filter.ts";
import { rateFor } from "./sampler.ts";
import { audiencesOf, furthestBehind, Viewer, ViewerState } from "./viewer.ts";

const Message = z.object({
  type: z.literal("logs"),
  seq: z.number(),
  dropped: z.number(),
  logs: z.array(z.object({ eventId: z.string(), message: z.string() })),
});
const read = (messages: readonly string[]) => messages.map((message) => Message.parse(JSON.parse(message)));

describe("a viewer", () => {
  it("is sent what it was offered, once, in numbered messages", () => {
    const one = viewer();
    one.offer(logs(3), rateFor(1), NOW);
    expect(read(one.messages())).toMatchObject([{ seq: 1, dropped: 0, logs: [{}, {}, {}] }]);
    expect(one.messages()).toEqual([]);
    one.offer(logs(1), rateFor(1), NOW);
    expect(read(one.messages())).toMatchObject([{ seq: 2, logs: [{ message: "Connection timeout" }] }]);
  });

  it("is told above the rate how many logs were shown of how many", () => {
    const one = viewer();
    one.offer(logs(1_000), rateFor(1), NOW);
    expect(read(one.messages())[0]?.logs).toHaveLength(LIVE_LIMITS.logsPerSecond);
    expect(one.notices()).toEqual(['{"type":"sampled","shown":200,"matched":1000}']);
    expect(one.notices()).toEqual([]);
  });

  it("is told of dropped logs with the next message, or by itself, once", () => {
    const one = viewer();
    one.miss(5);
    one.offer(logs(1), rateFor(1), NOW);
    expect(read(one.messages())).toMatchObject([{ dropped: 5 }]);
    expect(one.notices()).toEqual([]);
    one.miss(7);
    expect(read(one.notices())).toMatchObject([{ seq: 2, dropped: 7, logs: [] }]);
    expect(one.notices()).toEqual([]);
  });

  it("is sent large logs in several messages", () => {
    const one = viewer();
    one.offer(logs(3, { trace: "x".repeat(LIMITS.traceCharacters) }), rateFor(1), NOW);
    const messages = one.messages();
    expect(read(messages).map((message) => message.logs.length)).toEqual([2, 1]);
    for (const message of messages) expect(message.length).toBeLessThan(LIVE_LIMITS.messageBytes + 200);
  });

  it("is too slow with the first message beyond what may be unacknowledged, not before", () => {
    const one = viewer();
    for (let n = 0; n < LIVE_LIMITS.unackedMessages; n++) {
      one.offer(logs(1), rateFor(1), NOW + n * 1_000);
      expect(one.messages()).toHaveLength(1);
    }
    expect(one.tooSlow).toBeUndefined();
    one.offer(logs(1), rateFor(1), NOW + 1_000_000);
    expect(one.messages()).toEqual([]);
    expect(one.tooSlow).toMatch(/^too slow: 100 messages/);
  });

  it("that acknowledges goes on forever", () => {
    const one = viewer();
    for (let n = 1; n <= 1_000; n++) {
      one.offer(logs(1), rateFor(1), NOW + n * 1_000);
      expect(one.messages()).toHaveLength(1);
      expect(one.acknowledge(n)).toBe(true);
    }
    expect(one.tooSlow).toBeUndefined();
    expect(one.unackedBytes).toBe(0);
  });

  it("may talk, but not without end", () => {
    const one = viewer();
    const heard = Array.from({ length: 1_000 }, () => one.hear(NOW)).filter(Boolean).length;
    expect(heard).toBe(LIVE_LIMITS.clientMessagesPerSecond);
    expect(one.hear(NOW + 1_000)).toBe(true);
  });

  it("goes on after hibernation where it was", () => {
    const one = viewer();
    one.filter = { services: ["a"] };
    one.offer(logs(1), rateFor(1), NOW);
    one.messages();
    const other = new Viewer(ViewerState.parse(structuredClone(one.state())), rateFor(1), NOW);
    expect(other.state()).toEqual(one.state());
    other.offer(logs(1), rateFor(1), NOW);
    expect(read(other.messages())).toMatchObject([{ seq: 2 }]);
  });

  it("fits an attachment of 16,384 bytes with the largest filter there is", () => {
    const names = (count: number) =>
      Array.from({ length: count }, (_, n) => String.fromCharCode(0x4e00 + n).repeat(LIMITS.nameCharacters));
    const state = ViewerState.parse({
      credential: crypto.randomUUID(),
      filter: {
        levels: ["DEBUG", "ERROR", "FATAL", "INFO", "WARN"],
        services: names(LIVE_LIMITS.services),
        environments: names(LIVE_LIMITS.environments),
        q: "字".repeat(MAX_QUERY_CHARACTERS),
      },
      backlog: { seq: 2 ** 40, unacked: Array.from({ length: LIVE_LIMITS.unackedMessages }, () => 900_000) },
    });
    expect(serialize(state).byteLength).toBeLessThan(16_384);
  });
});

describe("when all viewers together are too far behind", () => {
  it("as few as can be go, the furthest behind first, until the rest fits", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: LIVE_LIMITS.unackedBytes }), { maxLength: 120 }), (list) => {
        const entries = list.map((unackedBytes) => ({ viewer: { unackedBytes } }));
        const gone = furthestBehind(entries).map((entry) => entry.viewer.unackedBytes);
        const sorted = [...list].sort((a, b) => b - a);
        expect(gone).toEqual(sorted.slice(0, gone.length));
        const left = (count: number) => sorted.slice(count).reduce((sum, bytes) => sum + bytes, 0);
        expect(left(gone.length)).toBeLessThanOrEqual(LIVE_LIMITS.sharedUnackedBytes);
        if (gone.length > 0) expect(left(gone.length - 1)).toBeGreaterThan(LIVE_LIMITS.sharedUnackedBytes);
      }),
    );
  });
});

describe("audiences", () => {
  it("are those who want the same", () => {
    const filters = [{}, { q: "timeout" }, {}, { services: ["a"] }, { q: "timeout" }];
    const groups = audiencesOf(filters.map((filter, id) => ({ id, filter })));
    expect(groups.map((group) => group.viewers.map((one) => one.id))).toEqual([[0, 2], [1, 4], [3]]);
  });
});

describe("a filter matches", () => {
  it.each<[string, LiveFilter, Partial<LogRow>, boolean]>([
    ["everything when it is empty", {}, {}, true],
    ["one of its levels", { levels: ["ERROR"] }, {}, true],
    ["no other level", { levels: ["WARN"] }, {}, false],
    ["one of its services", { services: ["a", "payment"] }, {}, true],
    ["no other service", { services: ["a"] }, {}, false],
    ["one of its environments", { environments: ["production"] }, {}, true],
    ["no other environment", { environments: ["dev"] }, {}, false],
    ["its query", { q: "timeout -refused" }, {}, true],
    ["nothing that its query excludes", { q: "-timeout" }, {}, false],
    ["logs of any time", {}, { timestamp: 0 }, true],
    ["only what all its parts match", { levels: ["ERROR"], q: "absent" }, {}, false],
  ])("%s", (_rule, filter, fields, expected) => {
    expect(new LiveMatcher(filter).select([{ row: row(fields) }])).toHaveLength(expected ? 1 : 0);
  });
});
