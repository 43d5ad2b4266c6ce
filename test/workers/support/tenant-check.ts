import { drizzle } from "drizzle-orm/d1";
import type { Platform } from "../../../services/platform.ts";
import { wrap } from "./wrap.ts";

/** Throws for a statement that does not bind the tenant's id: it would read or write the rows of all. */
function demand(sql: string, values: readonly unknown[], tenantId: string): void {
  // The circuit of the platform's own model belongs to no tenant: every one of them trips and mends it.
  if (sql.includes('"ai_circuits"') && values.includes("")) return;
  const named = values.some((value) => typeof value === "string" && value.includes(tenantId));
  if (!named) throw new Error(`a query of the tenant ${tenantId} does not name it: ${sql}`);
}

function checked(db: D1Database, tenantId: string): D1Database {
  return wrap(db, {
    prepare(sql: string) {
      if (!sql.includes("?")) demand(sql, [], tenantId);
      const statement = db.prepare(sql);
      return wrap(statement, {
        bind(...values: unknown[]) {
          demand(sql, values, tenantId);
          return statement.bind(...values);
        },
      });
    },
  });
}

/** From here on, every statement that any test runs through a tenant's scope has to name that tenant. */
export function checkTenants(platform: Platform, db: D1Database): void {
  platform.databaseOf = (tenantId) => drizzle(checked(db, tenantId));
}
