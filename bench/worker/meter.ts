/** What Cloudflare bills, counted where it happens: at the bindings. */
export const counters = {
  requests: 0,
  /** Queue operations: write, read and delete, each per started 64 KB; a retry is one more read. */
  queueOperations: 0,
  durableObjectRequests: 0,
  sqliteRowsRead: 0,
  sqliteRowsWritten: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  r2ClassA: 0,
  r2ClassB: 0,
  analyticsPoints: 0,
  /** Events that LogStore objects have stored. */
  stored: 0,
  /** The same in chunks and in bytes of raw logs, as usage counts them, and the calls that brought them. */
  chunks: 0,
  bytes: 0,
  appends: 0,
  windowDeliveries: 0,
};

const OPERATION_BYTES = 64 * 1024;

function operations(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / OPERATION_BYTES));
}

function bodyBytes(body: unknown): number {
  return body instanceof Uint8Array || body instanceof ArrayBuffer ? body.byteLength : JSON.stringify(body).length;
}

export function meterQueue(queue: Queue): Queue {
  return {
    metrics: () => queue.metrics(),
    send(body, options) {
      counters.queueOperations += operations(bodyBytes(body));
      return queue.send(body, options);
    },
    sendBatch(messages, options) {
      const batch = [...messages];
      for (const { body } of batch) counters.queueOperations += operations(bodyBytes(body));
      return queue.sendBatch(batch, options);
    },
  };
}

/** A delivery is a read; an ack a delete. */
export function meterBatch(batch: MessageBatch): void {
  for (const message of batch.messages) counters.queueOperations += 2 * operations(bodyBytes(message.body));
}

function countD1(meta: { rows_read?: number; rows_written?: number }): void {
  counters.d1RowsRead += meta.rows_read ?? 0;
  counters.d1RowsWritten += meta.rows_written ?? 0;
}

const READS = /^\s*(?:select|with)\b/i;

const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

function meterStatement(statement: D1PreparedStatement, sql: string): D1PreparedStatement {
  const metered = new Proxy(statement, {
    get(target, property) {
      if (property === "bind") return (...values: unknown[]) => meterStatement(target.bind(...values), sql);
      if (property === "raw") {
        // raw() tells no meta, and all() keeps one of several columns of a name (two tables' ids). What only reads is
        // therefore asked twice, and counted once.
        return async () => {
          const { results, meta } = await target.all<Record<string, unknown>>();
          countD1(meta);
          return READS.test(sql) ? await target.raw() : results.map((row) => Object.values(row));
        };
      }
      if (property === "all" || property === "run") {
        return async () => {
          const result = await target.all();
          countD1(result.meta);
          return result;
        };
      }
      return Reflect.get(target, property);
    },
  });
  originals.set(metered, statement);
  return metered;
}

export function meterD1(db: D1Database): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "prepare") return (sql: string) => meterStatement(target.prepare(sql), sql);
      if (property === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements.map((statement) => originals.get(statement) ?? statement));
          for (const result of results) countD1(result.meta);
          return results;
        };
      }
      return Reflect.get(target, property);
    },
  });
}

const R2_CLASS_A = new Set<string | symbol>(["put", "list", "createMultipartUpload"]);
const R2_CLASS_B = new Set<string | symbol>(["get", "head"]);

export function meterR2(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(target, property) {
      if (R2_CLASS_A.has(property)) counters.r2ClassA++;
      if (R2_CLASS_B.has(property)) counters.r2ClassB++;
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

export function meterAnalytics(dataset: AnalyticsEngineDataset): AnalyticsEngineDataset {
  return {
    writeDataPoint(point) {
      counters.analyticsPoints++;
      dataset.writeDataPoint(point);
    },
  };
}

let meteredSql = false;

/** Counts the rows of every SQLite-backed object, as its cursors report them; key-value puts and alarms are rows, too. */
export function meterStorage(storage: DurableObjectStorage): void {
  if (meteredSql) return;
  meteredSql = true;
  const sql: { exec: SqlStorage["exec"] } = Object.getPrototypeOf(storage.sql);
  const exec = sql.exec;
  let previous: { rowsRead: number; rowsWritten: number }[] = [];
  const settle = (): void => {
    for (const cursor of previous) {
      counters.sqliteRowsRead += cursor.rowsRead;
      counters.sqliteRowsWritten += cursor.rowsWritten;
    }
    previous = [];
  };
  Object.defineProperty(sql, "exec", {
    value(this: SqlStorage, ...args: Parameters<SqlStorage["exec"]>) {
      // A cursor counts while it is read, so it is settled when the next ones come.
      if (previous.length > 8) settle();
      const cursor = Reflect.apply(exec, this, args);
      previous.push(cursor);
      return cursor;
    },
  });
  for (const [owner, method] of [
    [Object.getPrototypeOf(storage.kv), "put"],
    [Object.getPrototypeOf(storage), "setAlarm"],
  ] as const) {
    const original: unknown = Reflect.get(owner, method);
    if (typeof original !== "function") throw new Error(`no ${method} to count`);
    Object.defineProperty(owner, method, {
      value(this: unknown, ...args: unknown[]) {
        counters.sqliteRowsWritten++;
        return Reflect.apply(original, this, args);
      },
    });
  }
}
