import "./support/bindings.ts";
import { beforeAll, expect, test } from "vitest";
import { createApiKey } from "../../core/auth/api-key.ts";
import { advance, stopClock } from "./support/clock.ts";
import { call } from "./support/http.ts";
import { createKey, createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

const madeUp = () => createApiKey(crypto.getRandomValues(new Uint8Array(32))).key;

async function ask(address: string, key: string): Promise<number> {
  const response = await call("/api/v1/incidents", { headers: { "cf-connecting-ip": address, "x-api-key": key } });
  await response.body?.cancel();
  return response.status;
}

test("an address that tries sixty unknown keys in a minute is refused before the database is asked; others are not", async () => {
  const tenant = await createTenant();
  for (let n = 0; n < 60; n++) expect(await ask("192.0.2.1", madeUp())).toBe(401);
  expect(await ask("192.0.2.1", madeUp())).toBe(429);
  // Nor are keys that exist, where they are not known yet: the client tries again.
  expect(await ask("192.0.2.1", tenant.key)).toBe(429);
  expect(await ask("192.0.2.2", tenant.key)).toBe(200);
  expect(await ask("192.0.2.1", tenant.key)).toBe(200);
  advance(60_000);
  expect(await ask("192.0.2.1", madeUp())).toBe(401);
});

test("an agent that goes on with a key that was revoked does not shut out the others of its network", async () => {
  const tenant = await createTenant();
  const revoked = await createKey(tenant.id, { revokedAt: 1 });
  for (let n = 0; n < 200; n++) expect(await ask("192.0.2.3", revoked)).toBe(401);
  expect(await ask("192.0.2.3", await createKey(tenant.id))).toBe(200);
});

test("a key works at once when it is made, whatever was asked before", async () => {
  const tenant = await createTenant();
  expect(await ask("192.0.2.4", madeUp())).toBe(401);
  expect(await ask("192.0.2.4", await createKey(tenant.id))).toBe(200);
});
