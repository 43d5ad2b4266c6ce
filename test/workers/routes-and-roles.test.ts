import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { PERMISSIONS, ROLE_PERMISSIONS, SCOPE_PERMISSIONS } from "../../core/auth/permissions.ts";
import { ROLES, SCOPES } from "../../schema/contracts/roles.ts";
import { app } from "../../workers/app.ts";
import { ACCESS, OPEN } from "../../workers/routes/access.ts";
import { signedIn } from "./support/auth.ts";
import { stopClock } from "./support/clock.ts";
import { call } from "./support/http.ts";
import { createKey, createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

/** Method and path of every route that is mounted below a prefix. */
function routesBelow(prefix: string): string[] {
  const routes = app.routes
    .filter(({ method, path }) => method !== "ALL" && path.startsWith(`${prefix}/`))
    .map(({ method, path }) => `${method} ${path.slice(prefix.length)}`);
  return [...new Set(routes)].sort();
}

const GUARDED = Object.entries(ACCESS).filter(([, access]) => access !== OPEN);

/** Asks a route for something that is not there. @returns whether the credential was let through to it */
async function isLetThrough(route: string, headers: Record<string, string>): Promise<boolean> {
  const [method = "", path = ""] = route.split(" ");
  const url = `/api/v1${path.replaceAll(/:\w+/g, () => crypto.randomUUID())}`;
  const body = method === "GET" ? {} : { body: "{}" };
  const response = await call(url, { method, headers: { "content-type": "application/json", ...headers }, ...body });
  const text = await response.text();
  if (response.status === 401) throw new Error(`${route}: the credential is not known: ${text}`);
  return !(
    response.status === 403 &&
    text.includes('"code":"forbidden"') &&
    text.includes("may not do this: it needs")
  );
}

describe("the table of routes", () => {
  test("names every route that there is, and no other", () => {
    expect(routesBelow("/api/v1")).toEqual(Object.keys(ACCESS).sort());
    expect(routesBelow("/v1")).toEqual(Object.keys(ACCESS).sort());
  });

  test("leaves nothing outside of it but the health check and the live tail's old address", () => {
    const outside = app.routes.filter(({ method, path }) => method !== "ALL" && !/^(\/api)?\/v1\//.test(path));
    expect(new Set(outside.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(["GET /health", "GET /live", "GET /live/logs"]),
    );
  });

  test("asks for every permission somewhere: none is promised for nothing", () => {
    expect(new Set(GUARDED.map(([, permission]) => permission))).toEqual(new Set(PERMISSIONS));
  });
});

describe("without a credential", () => {
  const nobody: Record<string, string>[] = [
    {},
    { "x-api-key": `l0_${"A".repeat(43)}` },
    { authorization: "Bearer eyJhbGciOiJub25lIn0.e30." },
  ];
  test.each(GUARDED.map(([route]) => route))("%s answers 401", async (route) => {
    const [method = "", path = ""] = route.split(" ");
    for (const headers of nobody) {
      const response = await call(`/api/v1${path}`, { method, headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      await response.body?.cancel();
    }
  });
});

describe.each(ROLES)("a user who is %s", (role) => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await createTenant({ plan: "team" });
  });

  test.each(GUARDED)("%s, which needs %s", async (route, permission) => {
    // A session for each: some routes end it.
    const member = await signedIn(tenant, role);
    const allowed = permission !== OPEN && ROLE_PERMISSIONS[role].has(permission);
    expect(await isLetThrough(route, { authorization: `Bearer ${member.accessToken}` })).toBe(allowed);
  });
});

describe.each([...SCOPES.map((scope) => [scope]), []])("an API key of the scopes %s", (...scopes) => {
  let headers: Record<string, string>;
  beforeAll(async () => {
    const tenant = await createTenant({ plan: "team" });
    headers = { "x-api-key": await createKey(tenant.id, { scopes, sourceId: tenant.sourceId }) };
  });

  test.each(GUARDED)("%s, which needs %s", async (route, permission) => {
    const allowed = permission !== OPEN && scopes.some((scope) => SCOPE_PERMISSIONS[scope].has(permission));
    expect(await isLetThrough(route, headers)).toBe(allowed);
  });
});

describe("in plain words:", () => {
  const cases = [
    ["viewer", "PATCH /incidents/:id/resolve", false],
    ["viewer", "POST /incidents/:id/comments", false],
    ["viewer", "GET /logs", true],
    ["viewer", "GET /keys", false],
    ["member", "PATCH /incidents/:id/assign", true],
    ["member", "PATCH /incidents/:id/acknowledge", true],
    ["member", "PATCH /incidents/:id/resolve", true],
    ["member", "POST /keys", false],
    ["member", "GET /audit", false],
    ["member", "PUT /routing", false],
    ["admin", "POST /keys", true],
    ["admin", "POST /members/invitations", true],
    ["admin", "DELETE /tenant", false],
    ["owner", "DELETE /tenant", true],
    ["owner", "POST /logs", false],
  ] as const;
  test.each(cases)("a %s and %s: %s", async (role, route, allowed) => {
    const member = await signedIn(await createTenant({ plan: "team" }), role);
    expect(await isLetThrough(route, { authorization: `Bearer ${member.accessToken}` })).toBe(allowed);
  });

  test("a key of the scope ingest whose source is gone sends nothing more", async () => {
    const tenant = await createTenant();
    const key = await createKey(tenant.id, { scopes: ["ingest"], sourceId: crypto.randomUUID() });
    expect(await isLetThrough("POST /logs", { "x-api-key": key })).toBe(false);
  });
});
