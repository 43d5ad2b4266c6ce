import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { atWork, Browser, guardConsole, ORIGIN, PASSWORD } from "./support/auth.ts";
import { stopClock } from "./support/clock.ts";

beforeAll(stopClock);
guardConsole();

const FOREIGN = { status: 403, code: "forbidden" };
const FORM = { status: 400, code: "invalid_type" };

/** Every route that sets, reads or ends a session, and what it answers to one who has none. */
const ROUTES: [method: string, path: string, body: unknown, status: number][] = [
  ["POST", "/auth/login", { email: "nobody@acme.test", password: PASSWORD }, 401],
  ["POST", "/auth/refresh", undefined, 401],
  ["POST", "/auth/logout", undefined, 204],
  ["POST", "/auth/password/forgot", { email: "nobody@acme.test" }, 202],
  ["POST", "/auth/password/reset", { token: "x", password: PASSWORD }, 400],
  ["POST", "/auth/invitations/show", { token: "x" }, 400],
  ["POST", "/auth/invitations/accept", { token: "x", password: PASSWORD }, 400],
];

/** The same for whoever is signed in. */
const OWN: typeof ROUTES = [
  ["POST", "/auth/switch", { tenantId: "x" }, 403],
  ["PUT", "/auth/password", { current: "wrong password 1", password: PASSWORD }, 401],
  ["DELETE", "/auth/sessions/x", undefined, 404],
  ["POST", "/auth/logout-everywhere", undefined, 204],
];

describe("a page of another site", () => {
  test.each([...ROUTES, ...OWN])("cannot use %s %s", async (method, path, body) => {
    const { browser } = await atWork();
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${ORIGIN}.evil.example` },
      { origin: ORIGIN.replace("http:", "https:") },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect(await browser.outcome(path, { method, body, headers })).toEqual(FOREIGN);
    }
    await browser.refresh();
  });
});

describe("a page of this deployment, and a client that is no browser,", () => {
  const own = [{ origin: ORIGIN }, { origin: env.PUBLIC_URL }, { "sec-fetch-site": "same-origin" }, {}];
  test.each(ROUTES)("may use %s %s", async (method, path, body, status) => {
    for (const headers of own) {
      expect(await new Browser().outcome(path, { method, body, headers })).toMatchObject({ status });
    }
  });

  test.each(OWN)("may use %s %s", async (method, path, body, status) => {
    const { browser } = await atWork();
    for (const headers of own) {
      const { status: answered, code } = await browser.outcome(path, { method, body, headers });
      // The last of them ends this session, too; it is believed for some seconds.
      expect({ path, answered, foreign: code === "forbidden" && path !== "/auth/switch" }).toEqual({
        ...{ path, answered: status, foreign: false },
      });
    }
  });
});

describe("a form", () => {
  const form = new URLSearchParams({ email: "nobody@acme.test", password: PASSWORD }).toString();
  const json = JSON.stringify({ email: "nobody@acme.test", password: PASSWORD });
  test.each(ROUTES)("cannot use %s %s", async (method, path) => {
    for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]) {
      for (const body of [form, json]) {
        const headers = { "content-type": type };
        expect(await new Browser().outcome(path, { method, body, headers })).toEqual(FORM);
      }
    }
  });

  test("cannot pass for JSON, whatever its type looks like; JSON with a character set does", async () => {
    const headers = (type: string) => ({ headers: { "content-type": type } });
    for (const type of ["text/plain; application/json", "application/jsonp", "application/json-seq"]) {
      expect(await new Browser().outcome("/auth/login", { body: json, ...headers(type) })).toEqual(FORM);
    }
    const charset = headers("application/json; charset=utf-8");
    expect(await new Browser().outcome("/auth/login", { body: json, ...charset })).toMatchObject({ status: 401 });
  });
});

test("no answer may be kept on its way", async () => {
  const { browser } = await atWork();
  const answers = [
    await browser.ask("/auth/me", { method: "GET" }),
    await browser.ask("/auth/sessions", { method: "GET" }),
    await browser.ask("/auth/refresh"),
    await new Browser().ask("/auth/refresh"),
    await new Browser().ask("/auth/me", { method: "GET" }),
    await new Browser().ask("/auth/login", { body: { email: "x" } }),
    await new Browser().ask("/auth/login", { headers: { origin: "https://evil.example" } }),
    await browser.ask("/auth/logout"),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 401, 401, 400, 403, 204]);
  for (const answer of answers) expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("no other origin may read an answer", async () => {
  const { browser } = await atWork();
  const response = await browser.ask("/auth/me", { method: "GET", headers: { origin: "https://evil.example" } });
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
});
