import "./support/bindings.ts";
import { type SQL, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import * as z from "zod";
import { changeStatements } from "../../services/incidents/change.ts";
import { countedBy, countedFor, forebears, shownOn } from "../../services/incidents/lineage.ts";
import { occurrences, windowsOf } from "../../services/incidents/sql.ts";
import { createTenant } from "./support/tenant.ts";

const Plan = z.array(z.object({ detail: z.string() }));

const group = { environment: "production", fingerprint: "a".repeat(64) };
const { scope } = await createTenant();
const id = sql.raw("incidents.id");
const changed = changeStatements(scope, "change", {
  ids: sql`(${"a"}, ${"b"})`,
  where: undefined,
  set: {},
  actor: "system",
  what: "CHANGED",
  notification: "INCIDENT_CREATED",
});

const cases: [string, SQL][] = [
  ["an incident's occurrences", sql`SELECT ${occurrences(scope)} FROM incidents WHERE id = ${"a"}`],
  ["an incident's windows", sql`${windowsOf(scope, sql`${"a"}`)} SELECT * FROM counted`],
  ["where occurrences show", sql`SELECT ${shownOn(scope, group, 1)}`],
  ["what they are counted for", sql`SELECT ${countedFor(scope, group, 1)}`],
  ["what was counted already", sql`SELECT ${countedBy(scope, id, group, 0)} FROM incidents WHERE id = ${"a"}`],
  ["what it is a regression of", sql`SELECT * FROM ${forebears(scope, group, 1)}`],
  ["a change of some", changed.update.getSQL()],
  ["the history of a change", changed.history.getSQL()],
  ["the messages of a change", changed.message.getSQL()],
];

test.each(cases)("SQLite looks up, and does not walk all that the tenant has: %s", async (_, statement) => {
  const plan = Plan.parse(await scope.db.all(sql`EXPLAIN QUERY PLAN ${statement}`));
  const details = plan.map(({ detail }) => detail);
  expect(details.length).toBeGreaterThan(0);
  expect(details.filter((detail) => /\(tenant_id=\?\)|^SCAN (?:incidents|incident_windows)\b/.test(detail))).toEqual(
    [],
  );
});
