import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hashApiKey } from "../../core/auth/api-key.ts";
import { executeD1 } from "../wrangler.ts";
import { provisionDemoTenant } from "./demo-tenant.ts";
import { migrateLocally } from "./migrate.ts";

// The real wrangler, on a state of its own.

const persistTo = mkdtempSync(join(tmpdir(), "log0-demo-tenant-"));
const target = { remote: false, persistTo } as const;
afterAll(() => rmSync(persistTo, { recursive: true, force: true }));

test("every start has a key that works, and those of earlier starts go on for a while", {
  timeout: 60_000,
}, async () => {
  const now = Date.now();
  await migrateLocally(persistTo);
  const first = await provisionDemoTenant(persistTo, now);
  const second = await provisionDemoTenant(persistTo, now + 1);
  const [, keys = []] = await executeD1(
    [
      "UPDATE tenants SET settings = '{\"threshold\":3}'",
      "SELECT hash FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > 0) ORDER BY created_at",
      "UPDATE api_keys SET revoked_at = 1",
    ],
    target,
  );
  expect(keys.map(({ hash }) => hash)).toEqual([hashApiKey(first), hashApiKey(second)]);

  // The user has revoked them all, and chosen settings.
  const third = await provisionDemoTenant(persistTo, now + 2);
  const [tenants = [], live = []] = await executeD1(
    ["SELECT name, settings FROM tenants", "SELECT hash, expires_at FROM api_keys WHERE revoked_at IS NULL"],
    target,
  );
  expect(tenants).toEqual([{ name: "demo", settings: '{"threshold":3}' }]);
  expect(live).toEqual([{ hash: hashApiKey(third), expires_at: null }]);
});
