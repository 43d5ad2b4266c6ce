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

test("every start has a key that works, and those of earlier starts go on for a while", async () => {
  const now = Date.now();
  await migrateLocally(persistTo);
  const first = await provisionDemoTenant(persistTo, now);
  const second = await provisionDemoTenant(persistTo, now + 1);
  const [, keys = []] = await executeD1(
    [
      "UPDATE tenants SET settings = '{\"threshold\":3}'",
      "SELECT hash FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > 0) ORDER BY created_at",
      "UPDATE api_keys SET revoked_at = 1",
      "UPDATE sources SET deleted_at = 1",
    ],
    target,
  );
  expect(keys.map(({ hash }) => hash)).toEqual([hashApiKey(first), hashApiKey(second)]);

  // The user has revoked them all, deleted their source, and chosen settings.
  const third = await provisionDemoTenant(persistTo, now + 2);
  const [tenants = [], live = []] = await executeD1(
    [
      "SELECT name, settings FROM tenants",
      `SELECT k.hash, k.scopes, k.expires_at, s.name AS source, s.deleted_at FROM api_keys k
        JOIN sources s ON s.id = k.source_id WHERE k.revoked_at IS NULL`,
      // A hundred starts later.
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
        INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, created_by, created_at, expires_at)
        SELECT 'k' || i, t.id, 'default', '', 'h' || i, 'read', 'operator', ${now} - i, ${now + 3_600_000} FROM n, tenants t`,
    ],
    target,
  );
  expect(tenants).toEqual([{ name: "demo", settings: '{"threshold":3}' }]);
  expect(live).toEqual([
    { hash: hashApiKey(third), scopes: "ingest read admin", expires_at: null, source: "default", deleted_at: null },
  ]);

  const fourth = await provisionDemoTenant(persistTo, now + 3);
  const [working = []] = await executeD1(
    [`SELECT hash FROM api_keys WHERE revoked_at IS NULL AND expires_at IS NULL`],
    target,
  );
  expect(working).toEqual([{ hash: hashApiKey(fourth) }]);
});
