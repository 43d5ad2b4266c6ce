import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { app } from "../../workers/app.ts";
import { stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { call, post, problemOf } from "./support/http.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const HEADERS = {
  "content-security-policy": /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  "strict-transport-security": /^max-age=63072000; includeSubDomains$/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^no-referrer$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "x-request-id": /^[0-9a-f-]{36}$/,
};

describe("every answer has security headers and a request id:", () => {
  test.each([
    ["what is there", "/health", 200],
    ["what is not there", "/nowhere", 404],
    ["a route without a credential", "/api/v1/incidents", 401],
    ["a list", "/api/v1/incidents", 200],
    ["a bad query", "/api/v1/logs?limit=none", 400],
    ["an export", "/api/v1/logs/export?format=ndjson", 200],
  ])("%s", async (_what, path, status) => {
    const tenant = await createTenant();
    const response = await call(path, { headers: status === 401 ? {} : { "x-api-key": tenant.key } });
    expect(response.status).toBe(status);
    for (const [name, form] of Object.entries(HEADERS)) expect(response.headers.get(name), name).toMatch(form);
    await response.body?.cancel();
  });

  test("a request that would rather speak another protocol", async () => {
    for (const [upgrade, path] of [
      ["h2c", "/health"],
      ["websocket", "/api/v1/live"],
    ] as const) {
      const response = await call(path, { headers: { upgrade } });
      for (const [name, form] of Object.entries(HEADERS)) expect(response.headers.get(name), name).toMatch(form);
    }
  });

  test("an accepted log, and one that is refused because something fails", async () => {
    const tenant = await createTenant();
    for (const status of [202, 503]) {
      if (status === 503) fail("queue", "raw-logs");
      const response = await post(tenant.key, { message: "m" });
      expect(response.status).toBe(status);
      for (const [name, form] of Object.entries(HEADERS)) expect(response.headers.get(name), name).toMatch(form);
    }
  });
});

describe("a request's id", () => {
  test("is the client's where it has a sensible one, and stands in the problem", async () => {
    const response = await call("/nowhere", { headers: { "x-request-id": "trace-4711" } });
    expect(response.headers.get("x-request-id")).toBe("trace-4711");
    expect(await response.json()).toMatchObject({ code: "not_found", requestId: "trace-4711" });
  });

  test.each(["a b", "x".repeat(256), "<script>"])("is our own in the place of %j", async (id) => {
    const response = await call("/health", { headers: { "x-request-id": id } });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("is in the log line of what went wrong", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const tenant = await createTenant();
    fail("db", "incidents");
    const response = await call("/api/v1/incidents", {
      headers: { "x-api-key": tenant.key, "x-request-id": "trace-1" },
    });
    expect((await problemOf(response)).status).toBe(503);
    expect(logged.mock.calls.flat()).toContainEqual(expect.objectContaining({ requestId: "trace-1" }));
    logged.mockRestore();
  });
});

describe("a page of another origin", () => {
  const preflight = (path: string, method: string) =>
    call(path, {
      method: "OPTIONS",
      headers: {
        origin: "https://shop.example",
        "access-control-request-method": method,
        "access-control-request-headers": "x-api-key,content-type",
      },
    });

  test.each(["/api/v1/logs", "/v1/ingest", "/api/v1/logs/stream"])(
    "may send logs to %s, without cookies",
    async (path) => {
      const asked = await preflight(path, "POST");
      expect(asked.status).toBe(204);
      expect(asked.headers.get("access-control-allow-origin")).toBe("*");
      expect(asked.headers.get("access-control-allow-headers")).toContain("x-api-key");
      const tenant = await createTenant();
      const sent = await post(tenant.key, { message: "m" }, { headers: { origin: "https://shop.example" } });
      expect(sent.status).toBe(202);
      expect(sent.headers.get("access-control-allow-origin")).toBe("*");
      expect(sent.headers.has("access-control-allow-credentials")).toBe(false);
    },
  );

  test("may do nothing else, on any route", async () => {
    const tenant = await createTenant();
    const paths = new Set(
      app.routes.map((route) => route.path.replaceAll(/:\w+/g, "x")).filter((path) => !path.includes("*")),
    );
    for (const path of paths) {
      for (const method of ["GET", "PATCH", "PUT", "DELETE"]) {
        expect((await preflight(path, method)).headers.has("access-control-allow-origin"), `${method} ${path}`).toBe(
          false,
        );
      }
    }
    const read = await call("/api/v1/logs", { headers: { "x-api-key": tenant.key, origin: "https://shop.example" } });
    expect(read.headers.has("access-control-allow-origin")).toBe(false);
  });
});
