import { env } from "cloudflare:workers";
import { guarded } from "./faults.ts";
import { RecordingQueue } from "./queues.ts";
import { wrap } from "./wrap.ts";

/** The statement behind a wrapped one, and its text. */
const statements = new WeakMap<D1PreparedStatement, { real: D1PreparedStatement; sql: string }>();

function wrapStatement(real: D1PreparedStatement, sql: string): D1PreparedStatement {
  const wrapped = wrap(real, {
    bind: (...values: unknown[]) => wrapStatement(real.bind(...values), sql),
    run: () => guarded("db", sql, () => real.run()),
    all: () => guarded("db", sql, () => real.all()),
    raw: () => guarded("db", sql, () => real.raw()),
  });
  statements.set(wrapped, { real, sql });
  return wrapped;
}

function wrapDb(db: D1Database): D1Database {
  return wrap(db, {
    prepare: (sql: string) => wrapStatement(db.prepare(sql), sql),
    batch(batch: readonly D1PreparedStatement[]) {
      const known = batch.map((statement) => statements.get(statement) ?? { real: statement, sql: "" });
      const sql = known.map((statement) => statement.sql).join(";\n");
      return guarded("db", sql, () => db.batch(known.map((statement) => statement.real)));
    },
  });
}

function wrapBucket(bucket: R2Bucket): R2Bucket {
  return wrap(bucket, {
    put: (key: string, value: Uint8Array | string) => guarded("bucket.put", key, () => bucket.put(key, value)),
    get: (key: string, options?: R2GetOptions) => guarded("bucket.get", key, () => bucket.get(key, options)),
  });
}

type LogStoreStub = ReturnType<typeof env.LOG_STORE.getByName>;
type LimitsStub = ReturnType<typeof env.LIMITS.getByName>;
type WindowStub = ReturnType<typeof env.CLUSTER_WINDOW.getByName>;

/** The objects themselves, for alarms and evictions. */
export const objects = { stores: env.LOG_STORE, windows: env.CLUSTER_WINDOW, limits: env.LIMITS };

/** Names of the window objects that were called, and how often. */
export const windowCalls = new Map<string, number>();

/** Names of all objects that were reached for. */
export const objectNames = new Set<string>();

const wrapped = {
  DB: wrapDb(env.DB),
  BUCKET: wrapBucket(env.BUCKET),
  RAW_LOGS: new RecordingQueue("raw-logs"),
  RAW_LOGS_BULK: new RecordingQueue("raw-logs-bulk"),
  NORMALIZED_LOGS: new RecordingQueue("normalized-logs"),
  INCIDENT_EVENTS: new RecordingQueue("incident-events"),
  NOTIFICATION_EVENTS: new RecordingQueue("notification-events"),
  JOBS: new RecordingQueue("jobs"),
  LOG_STORE: wrap(objects.stores, {
    getByName(name: string) {
      objectNames.add(name);
      const stub = objects.stores.getByName(name);
      return {
        append: (...args: Parameters<LogStoreStub["append"]>) => guarded("store", name, () => stub.append(...args)),
        watch: (...args: Parameters<LogStoreStub["watch"]>) => guarded("store", name, async () => stub.watch(...args)),
        hot: (...args: Parameters<LogStoreStub["hot"]>) => guarded("store", name, () => stub.hot(...args)),
        windows: (...args: Parameters<LogStoreStub["windows"]>) =>
          guarded("store", name, async () => stub.windows(...args)),
        wipe: () => guarded("store", name, () => stub.wipe()),
        held: () => guarded("store", name, () => stub.held()),
      };
    },
  }),
  LIMITS: wrap(objects.limits, {
    getByName(name: string) {
      objectNames.add(name);
      const stub = objects.limits.getByName(name);
      return {
        lease: (...args: Parameters<LimitsStub["lease"]>) => guarded("limits", name, async () => stub.lease(...args)),
        leaseBytes: (...args: Parameters<LimitsStub["leaseBytes"]>) =>
          guarded("limits", name, () => stub.leaseBytes(...args)),
        wipe: () => guarded("limits", name, () => stub.wipe()),
        held: () => guarded("limits", name, () => stub.held()),
      };
    },
  }),
  CLUSTER_WINDOW: wrap(objects.windows, {
    getByName(name: string) {
      objectNames.add(name);
      const stub = objects.windows.getByName(name);
      return {
        deliver(...args: Parameters<WindowStub["deliver"]>) {
          windowCalls.set(name, (windowCalls.get(name) ?? 0) + 1);
          return guarded("window", name, async () => stub.deliver(...args));
        },
        wipe: () => guarded("window", name, () => stub.wipe()),
        held: () => guarded("window", name, () => stub.held()),
      };
    },
  }),
};

// Tests, handlers and Durable Objects share one environment: what is replaced here is replaced for all of them.
Object.assign(env, wrapped);
