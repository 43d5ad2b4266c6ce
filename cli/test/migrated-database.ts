import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";

const AuditRow = z.object({
  tenant_id: z.string(),
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  detail: z.string().transform((json): unknown => JSON.parse(json)),
});

const migrations = new URL("../../schema/migrations/", import.meta.url);

/** An empty database of the real migrations in memory, which does with a list of statements what D1 does. */
export class MigratedDatabase {
  private readonly database = new DatabaseSync(":memory:");

  constructor() {
    const files = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
    for (const file of files.sort()) this.database.exec(readFileSync(new URL(file, migrations), "utf8"));
  }

  /** One transaction; the rows of each statement. */
  run(list: string[]) {
    this.database.exec("BEGIN");
    try {
      const rows = list.map((statement) => this.database.prepare(statement).all());
      this.database.exec("COMMIT");
      return rows;
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    }
  }

  /** The rows of one statement. */
  all(statement: string) {
    return this.database.prepare(statement).all();
  }

  count(table: string) {
    return this.all(`SELECT COUNT(*) AS n FROM ${table}`)[0]?.n;
  }

  /** Every entry of the audit log, the oldest first. */
  audit() {
    return z.array(AuditRow).parse(this.all("SELECT * FROM audit_log ORDER BY rowid"));
  }
}
