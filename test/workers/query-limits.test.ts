import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, ask, logPage } from "./support/http.ts";
import { settle, storeAlarm } from "./support/pipeline.ts";
import { rangeQuery } from "./support/sample.ts";
import { interrupt } from "./support/segments.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const MINUTE_MS = 60_000;
/** Longer than a request may read. */
const TOO_LONG_MS = 16_000;

/** Segments of three logs each, and three logs in the buffer. */
async function segmentsAt(
  times: readonly number[],
): Promise<{ tenant: Tenant; ids: string[]; from: number; to: number }> {
  const tenant = await createTenant();
  const ids: string[] = [];
  for (const [n, time] of times.entries()) {
    if (n > 0) {
      advance(61 * MINUTE_MS);
      await storeAlarm(tenant);
    }
    const body = [0, 1, 2].map((i) => ({ message: `m${i}`, timestamp: new Date(time + i).toISOString() }));
    ids.push(...(await accepted(tenant.key, body)).eventIds);
    await settle(tenant);
  }
  return { tenant, ids: ids.sort(), from: Math.min(...times), to: Math.max(...times) + 3 };
}

/** From now on, whatever reads a segment takes too long. */
function slowly(): void {
  interrupt(async () => advance(TOO_LONG_MS));
}

/** All pages of a search, each of which takes too long. */
async function slowPages(tenant: Tenant, range: { from: number; to: number }) {
  const pages: Awaited<ReturnType<typeof logPage>>[] = [];
  for (let cursor: string | null = ""; cursor !== null; cursor = pages.at(-1)?.nextCursor ?? null) {
    if (pages.length > 30) throw new Error("the pages do not end");
    slowly();
    pages.push(await logPage(tenant, rangeQuery(range, cursor === "" ? {} : { cursor })));
  }
  return pages;
}

describe("a search that takes too long", () => {
  const start = () => Date.now() - 24 * 60 * MINUTE_MS;
  const shapes: { name: string; times: (from: number) => number[]; partial: boolean }[] = [
    {
      name: "one after the other",
      times: (from) => Array.from({ length: 15 }, (_, n) => from + n * MINUTE_MS),
      partial: true,
    },
    { name: "all of one time", times: (from) => Array.from({ length: 9 }, () => from), partial: false },
    {
      name: "overlapping each other",
      times: (from) => Array.from({ length: 15 }, (_, n) => from + Math.floor(n / 2)),
      partial: true,
    },
  ];
  test.each(shapes)("of segments $name answers in parts: every log once, newest first", async ({ times, partial }) => {
    const { tenant, ids, ...range } = await segmentsAt(times(start()));
    const pages = await slowPages(tenant, range);
    const logs = pages.flatMap((page) => page.logs);
    expect(logs.map((log) => log.eventId).sort()).toEqual(ids);
    const keys = logs.map((log) => `${log.timestamp} ${log.eventId}`);
    expect(keys).toEqual([...keys].sort().reverse());
    expect(pages.some((page) => page.partial)).toBe(partial);
    // What is certain is answered: it does not wait for a page that is full.
    expect(pages.at(-1)?.partial).toBe(false);
  });

  test("is not needed for the last logs: segments of older ones are not opened", async () => {
    const from = start();
    const { tenant, ...range } = await segmentsAt(Array.from({ length: 15 }, (_, n) => from + n * MINUTE_MS));
    const Answer = z.object({
      logs: z.array(z.unknown()),
      partial: z.boolean(),
      read: z.object({ segments: z.number(), segmentsRead: z.number() }),
    });
    slowly();
    const answer = await ask(tenant, Answer, `/api/v1/logs?${rangeQuery(range, { limit: "5" })}`);
    expect(answer.logs).toHaveLength(5);
    expect(answer).toMatchObject({ partial: false, read: { segments: 14, segmentsRead: 1 } });
  });

  test("makes a histogram and facets that say that they are not exact", async () => {
    const from = start();
    const { tenant, ...range } = await segmentsAt(Array.from({ length: 15 }, (_, n) => from + n * MINUTE_MS));
    const Answer = z.object({ source: z.object({ from: z.string(), exact: z.boolean() }) });
    for (const path of ["logs/histogram", "logs/facets"]) {
      slowly();
      const { source } = await ask(tenant, Answer, `/api/v1/${path}?${rangeQuery(range, { q: "level:info" })}`);
      expect(source).toEqual({ from: "logs", exact: false });
    }
  });
});
