import "./support/bindings.ts";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { call, problemOf } from "./support/http.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

let tenant: Tenant;
beforeAll(async () => {
  stopClock();
  tenant = await createTenant();
});

// Ten exports a minute is all that a key may ask for.
beforeEach(() => advance(60_000));

const DAY_MS = 24 * 60 * 60 * 1000;

function get(path: string, parameters: Record<string, string> = {}): Promise<Response> {
  const query = new URLSearchParams(parameters).toString();
  return call(`/api/v1/${path}?${query}`, { headers: { "x-api-key": tenant.key } });
}

async function refusal(path: string, parameters: Record<string, string>) {
  const response = await get(path, parameters);
  expect(response.status).toBe(400);
  return await problemOf(response);
}

const WITH_QUERY = ["logs", "logs/histogram", "logs/facets", "logs/export"];
const ALL = [...WITH_QUERY, "stats", "patterns"];

describe("a query that cannot be read → 400, pointing at the column", () => {
  const queries: { q: string; column: number; says: string }[] = [
    { q: "(a", column: 1, says: "never closed" },
    { q: "ok (a", column: 4, says: "never closed" },
    { q: "a)", column: 2, says: "closes nothing" },
    { q: '"open', column: 1, says: "never closed" },
    { q: "level:loud", column: 7, says: "no level" },
    { q: "a level:", column: 9, says: "expected a value" },
    { q: "a OR", column: 5, says: "expected" },
    { q: "OR a", column: 1, says: "expected a condition before OR" },
    { q: "/a.*b/", column: 1, says: "regular expressions" },
    { q: "timestamp:>yesterday", column: 12, says: "no time" },
    { q: "service:>a", column: 9, says: "no order" },
    { q: "a:[1 TO", column: 8, says: "expected" },
    { q: '""', column: 1, says: "expected some text" },
    { q: "😀 level:loud", column: 10, says: "no level" },
    { q: "x".repeat(2_001), column: 2_001, says: "too long" },
    { q: "a ".repeat(65), column: 129, says: "too many conditions" },
    { q: `${"(".repeat(18)}a${")".repeat(18)}`, column: 18, says: "too deeply" },
  ];
  test.each(queries)("$q", async ({ q, column, says }) => {
    for (const path of WITH_QUERY) {
      const problem = await refusal(path, { q });
      expect(problem).toMatchObject({ status: 400, code: "invalid_query", column });
      expect(problem.detail).toContain(says);
    }
  });

  test("other problems have no column", async () => {
    expect(await refusal("logs", { limit: "0" })).not.toHaveProperty("column");
  });
});

describe.each(ALL)("a range that makes no sense for %s → 400", (path) => {
  const now = 1_800_000_000_000;
  test.each([
    { name: "empty", from: now, to: now, says: "range is empty" },
    { name: "backwards", from: now + 1, to: now, says: "range is empty" },
    { name: "longer than 91 days", from: now - 91 * DAY_MS - 1, to: now, says: "longer than 91 days" },
  ])("$name", async ({ from, to, says }) => {
    const problem = await refusal(path, { from: String(from), to: String(to) });
    expect(problem).toMatchObject({ code: "invalid_query" });
    expect(problem.detail).toContain(says);
  });

  test.each(["yesterday", "", "-5", "NaN", "1e400", "2026-02-30", "9".repeat(100)])(
    "that begins at «%s»",
    async (from) => {
      const problem = await refusal(path, { from });
      expect(problem.detail).toMatch(/from/);
    },
  );

  test("of 91 days is answered", async () => {
    const response = await get(path, { from: String(now - 91 * DAY_MS), to: String(now) });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test("of years ago is answered: there is nothing", async () => {
    const response = await get(path, { from: "2001-01-01T00:00:00Z", to: "2001-01-02T00:00:00Z" });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe("parameters that make no sense → 400", () => {
  test.each([
    { path: "logs", parameters: { limit: "1.5" } },
    { path: "logs", parameters: { level: "error,loud" } },
    { path: "logs", parameters: { service: "" } },
    { path: "logs", parameters: { cursor: "1_2_3" } },
    { path: "logs", parameters: { cursor: `${"9".repeat(17)}_0190b4a0-0000-7000-8000-000000000000` } },
    { path: "logs/histogram", parameters: { bucketMs: "999" } },
    { path: "logs/histogram", parameters: { bucketMs: "60000.5" } },
    { path: "logs/histogram", parameters: { bucketMs: String(31 * DAY_MS) } },
    // A day of seconds.
    { path: "logs/histogram", parameters: { bucketMs: "1000" } },
    { path: "logs/facets", parameters: { level: "loud" } },
    { path: "patterns", parameters: { limit: "0" } },
    { path: "patterns", parameters: { limit: "501" } },
  ])("$path $parameters", async ({ path, parameters }) => {
    expect((await refusal(path, { ...parameters })).code).toMatch(/^invalid_(query|cursor)$/);
  });

  test("a cursor of another time than the range answers nothing", async () => {
    const id = "0190b4a0-0000-7000-8000-000000000000";
    for (const at of ["0", "9".repeat(16)]) {
      const response = await get("logs", { cursor: `${at}_${id}` });
      expect(await response.json()).toMatchObject({ logs: [], nextCursor: null });
    }
  });

  test("as many buckets as there may be are answered", async () => {
    const to = 1_800_000_000_000;
    const response = await get("logs/histogram", {
      from: String(to - 1_998 * 1_000 + 1),
      to: String(to + 1),
      bucketMs: "1000",
    });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe("without a key → 401", () => {
  test.each([...ALL, "logs/0190b4a0-0000-7000-8000-000000000000"])("%s", async (path) => {
    expect((await call(`/api/v1/${path}`)).status).toBe(401);
    expect((await call(`/api/v1/${path}`, { headers: { "x-api-key": "log0_wrong" } })).status).toBe(401);
  });
});
