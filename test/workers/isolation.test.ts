import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { getTableColumns } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { beforeAll, describe, expect, test } from "vitest";
import * as tables from "../../schema/tables/index.ts";
import { ACCESS, OPEN } from "../../workers/routes/access.ts";
import { signedIn } from "./support/auth.ts";
import { objectNames } from "./support/bindings.ts";
import { stopClock } from "./support/clock.ts";
import { everythingOf, type Furnished, furnish } from "./support/furnished.ts";
import { call } from "./support/http.ts";
import { line, store, upgrade, watch } from "./support/live-tail.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

/** Tables without a tenant, and why. */
const OF_NO_TENANT: Readonly<Record<string, string>> = {
  tenants: "its id is the tenant",
  accounts: "people, who may be members of several",
  refresh_tokens: "of sessions, which have one",
  password_resets: "of accounts",
  sign_in_attempts: "hashes of e-mails and addresses",
  bucket_sweeps: "how far a sweep has come",
};

/** Where a route takes an id, what kind it is: the path before it. */
function fill(path: string, { ids }: Furnished): string {
  return path.replaceAll(/\/([a-z/-]+)\/:(\w+)/g, (_all, kind: string, name: string) => {
    const of = name === "other" ? "otherIncident" : kind.replace(/^:?id\//, "");
    const id = ids[of];
    if (id === undefined) throw new Error(`what is :${name} in ${path}? Add it to the furnished tenant`);
    return `/${kind}/${id}`;
  });
}

let victim: Furnished;
let attacker: Furnished;
let credentials: Record<string, string>[];

beforeAll(async () => {
  stopClock();
  victim = await furnish("zebrafinch");
  attacker = await furnish("moonraker");
  const owner = await signedIn(attacker.tenant, "owner");
  credentials = [{ "x-api-key": attacker.tenant.key }, { authorization: `Bearer ${owner.accessToken}` }];
});

/** What the victim has must neither be seen nor change. */
async function attack(requests: () => AsyncGenerator<[what: string, response: Response]>): Promise<number> {
  const before = await everythingOf(victim.tenant.id);
  let count = 0;
  for await (const [what, response] of requests()) {
    const text = await response.text();
    expect(text, what).not.toContain(victim.mark);
    // A client hears its own words again; what it could not know must not be there.
    for (const [kind, id] of Object.entries(victim.ids)) {
      if (kind !== "patterns" && !what.includes(id)) expect(text, what).not.toContain(id);
    }
    expect(response.status, what).not.toBe(500);
    count++;
  }
  expect(await everythingOf(victim.tenant.id)).toEqual(before);
  return count;
}

const GUARDED = Object.entries(ACCESS)
  .filter(([, access]) => access !== OPEN)
  .map(([route]) => route.split(" ") as [string, string])
  // They end the attacker's own session or tenant, and take no id.
  .filter(([method, path]) => path !== "/auth/logout-everywhere" && !(method === "DELETE" && path === "/tenant"));

function request(method: string, path: string, headers: Record<string, string>, body: unknown = {}) {
  const init = method === "GET" ? {} : { body: JSON.stringify(body) };
  return call(`/api/v1${path}`, { method, headers: { "content-type": "application/json", ...headers }, ...init });
}

/** What each route that changes something wants, so that it comes as far as looking for the id in its path. */
function bodyFor(route: string): unknown {
  const { ids, owner } = attacker;
  const bodies: Record<string, unknown> = {
    "PATCH /incidents/:id/status": { status: "RESOLVED" },
    "PATCH /incidents/:id/assign": { assigneeId: owner.userId },
    "POST /incidents/:id/comments": { text: "mine" },
    "POST /incidents/:id/snooze": { escalates: true },
    "POST /incidents/:id/merge": { into: ids.incidents },
    "POST /incidents/:id/links": { incidentId: ids.incidents },
    "PATCH /channels/:id": { name: "mine" },
    "PATCH /sources/:id": { name: "mine" },
    "PATCH /members/:id": { role: "viewer" },
  };
  return bodies[route] ?? {};
}

describe("tables", () => {
  const all = Object.values(tables).filter((table) => table instanceof SQLiteTable);

  test("carry a tenant, but for those that have a reason", () => {
    const without = all.filter((table) => !("tenantId" in getTableColumns(table)));
    expect(without.map((table) => getTableConfig(table).name).sort()).toEqual(Object.keys(OF_NO_TENANT).sort());
  });

  test("of the furnished tenant are filled: what is compared here is something", async () => {
    const filled = Object.entries(await everythingOf(victim.tenant.id)).filter(([, rows]) => rows.length > 0);
    const names = filled.map(([name]) => name);
    for (const name of ["api_keys", "audit_log", "channels", "dead_letters", "fingerprint_aliases", "incidents"]) {
      expect(names).toContain(name);
    }
    for (const name of ["invitations", "objects", "patterns", "segments", "slack_installs", "sources", "users"]) {
      expect(names).toContain(name);
    }
  });
});

describe("every route, with the credential of another tenant", () => {
  test("and the victim's ids in its path", async () => {
    const asked = await attack(async function* () {
      for (const headers of credentials) {
        for (const [method, path] of GUARDED) {
          const target = fill(path, victim);
          const response = await request(method, target, headers, bodyFor(`${method} ${path}`));
          // Not 400: then the id would not have been looked for. A key may not ask about people.
          const refusals = "x-api-key" in headers ? [403, 404] : [404];
          if (path.includes("/:")) expect(refusals, `${method} ${target}`).toContain(response.status);
          yield [`${method} ${target}`, response];
        }
      }
    });
    expect(asked).toBe(2 * GUARDED.length);
  });

  test("and the victim's id, name and cursors wherever a client may write something", async () => {
    const { tenant } = victim;
    const cursors = [
      `${Date.now() + 1e12}_${victim.ids.incidents}`,
      `${Date.now()}_${victim.ids.logs}`,
      `${Date.now() + 1e12}_ffffffff-ffff-7fff-bfff-ffffffffffff`,
    ];
    await attack(async function* () {
      for (const headers of credentials) {
        for (const [method, path] of GUARDED.filter(([method]) => method === "GET")) {
          for (const cursor of cursors) {
            const query = `?limit=1000&cursor=${cursor}&tenant=${tenant.id}&tenantId=${tenant.id}&tenant_id=${tenant.id}`;
            const forged = { ...headers, "x-tenant-id": tenant.id, "x-log0-tenant": tenant.name };
            const target = `${fill(path, attacker)}${query}`;
            yield [`${method} ${target}`, await request(method, target, forged)];
          }
        }
      }
    });
  });

  test("and the victim's ids in its body, beside its own in the path", async () => {
    const { ids, tenant, owner } = victim;
    const mine = attacker.ids;
    const bodies: [method: string, path: string, body: unknown][] = [
      ["POST", `/incidents/${mine.incidents}/merge`, { into: ids.incidents }],
      ["POST", `/incidents/${mine.incidents}/links`, { incidentId: ids.incidents }],
      ["DELETE", `/incidents/${mine.incidents}/links/${ids.incidents}`, {}],
      ["PATCH", `/incidents/${mine.incidents}/assign`, { assigneeId: owner.userId }],
      ["PATCH", `/incidents/${mine.incidents}/status`, { status: "ASSIGNED", assigneeId: owner.userId }],
      ["POST", "/grouping/merges", { fingerprint: ids.patterns, into: mine.patterns }],
      ["POST", "/keys", { name: "stolen", scopes: ["ingest"], sourceId: ids.sources }],
      ["POST", "/keys", { name: "stolen too", scopes: ["ingest"], sourceId: tenant.sourceId }],
      ["PUT", "/routing", { routing: { otherwise: [ids.channels] }, version: 0 }],
      ["POST", "/auth/switch", { tenantId: tenant.id }],
      ["PATCH", "/settings", { tenantId: tenant.id }],
      ["POST", "/logs", { logs: [{ message: "m", serviceName: "s", tenantId: tenant.id, tenant_id: tenant.id }] }],
    ];
    await attack(async function* () {
      for (const headers of credentials) {
        for (const [method, path, body] of bodies) {
          const response = await request(method, path, headers, body);
          // A log is accepted: for the tenant of the key.
          if (path !== "/logs") expect(response.ok, `${method} ${path}`).toBe(false);
          yield [`${method} ${path} ${JSON.stringify(body)}`, response];
        }
      }
    });
  });

  test("in turns with the victim: no cache gives one what it had for the other", async () => {
    const reading = GUARDED.filter(([method]) => method === "GET");
    const ownerOf = { victim: { "x-api-key": victim.tenant.key }, attacker: { "x-api-key": attacker.tenant.key } };
    let seen = 0;
    for (const [method, path] of reading) {
      for (const [one, other, headers] of [
        [victim, attacker, ownerOf.victim],
        [attacker, victim, ownerOf.attacker],
        [victim, attacker, ownerOf.victim],
      ] as const) {
        const text = await (await request(method, fill(path, one), headers)).text();
        expect(text, path).not.toContain(other.mark);
        if (text.includes(one.mark)) seen++;
      }
    }
    // Many routes do show one's own: the silence about the other one is not an empty page.
    expect(seen).toBeGreaterThan(30);
  });
});

describe("what lies outside the database", () => {
  test("is named by tenant: objects of R2", async () => {
    const { objects } = await env.BUCKET.list({ limit: 1_000 });
    const known = [victim.tenant.id, attacker.tenant.id];
    const forms = [
      /^logs\/([0-9a-f-]{36})\//,
      /^dead-letters\/([0-9a-f-]{36})\//,
      /^spool\/[\d-]{10}\/([0-9a-f-]{36})\//,
    ];
    for (const { key } of objects) {
      const owner = forms.map((form) => form.exec(key)?.[1]).find((id) => id !== undefined);
      expect(known, key).toContain(owner);
    }
    for (const id of known) expect(objects.some(({ key }) => key.includes(id))).toBe(true);
  });

  test("is named by tenant: Durable Objects", () => {
    const known = [victim.tenant.id, attacker.tenant.id];
    for (const name of objectNames) {
      expect(
        known.some((id) => name === id || name.startsWith(`${id}:`)) || /^address:[0-9a-f]+/.test(name),
        name,
      ).toBe(true);
    }
    for (const id of known) expect([...objectNames].some((name) => name.startsWith(id))).toBe(true);
  });
});

test("a live socket shows one's own logs, and its address can name no tenant", async () => {
  const named = await upgrade(`/live/logs?tenantId=${victim.tenant.id}`, { "x-api-key": attacker.tenant.key });
  expect(named.status).toBe(400);
  const [mine, other] = [await watch(attacker.tenant), await watch(victim.tenant)];
  await store(victim.tenant, [line("of the victim")]);
  await other.sees("of the victim");
  // What is stored after it, and seen, shows that it would have come by now.
  await store(attacker.tenant, [line("my own")]);
  await mine.sees("my own");
  expect(mine.lines).not.toContain("of the victim");
  mine.close();
  other.close();
});

describe("a suspended tenant", () => {
  let tenant: Tenant;
  let headers: Record<string, string>[];
  beforeAll(async () => {
    tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    headers = [{ "x-api-key": tenant.key }, { authorization: `Bearer ${owner.accessToken}` }];
    await env.DB.prepare("UPDATE tenants SET status = 'suspended' WHERE id = ?").bind(tenant.id).run();
  });

  test.each(GUARDED)("is refused by %s %s", async (method, path) => {
    for (const credential of headers) {
      const response = await request(method, fill(path, victim), credential);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: "tenant_suspended" });
    }
  });
});
