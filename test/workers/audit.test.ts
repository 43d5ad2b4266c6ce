import "./support/bindings.ts";
import { and, eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { auditLog, tenants } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../../services/audit/record.ts";
import { stopClock } from "./support/clock.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

test("an act is on record when it changed something, and only then", async () => {
  const { scope } = await createTenant();
  const { db, tenantId } = scope;
  const rename = (from: string, to: string) =>
    db.batch([
      db
        .update(tenants)
        .set({ adminEmail: to })
        .where(and(eq(tenants.id, tenantId), eq(tenants.adminEmail, from))),
      auditIfChanged(scope, { actor: "user:1", action: "settings.changed", target: "tenant", detail: { to } }),
    ]);
  await rename("a@acme.test", "b@acme.test");
  await rename("a@acme.test", "c@acme.test");
  const rows = await db.select().from(auditLog).where(eq(auditLog.tenantId, tenantId)).all();
  expect(rows).toMatchObject([{ actor: "user:1", detail: '{"to":"b@acme.test"}', requestId: null }]);
});
