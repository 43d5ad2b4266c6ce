import { hex, pick } from "../../../traffic.ts";
import type { Family, Random } from "../family.ts";
import { among, base62, between, chars, oneOf, skewed } from "../values.ts";

const DIGITS = "0123456789";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MONTHS = ["Jan", "Feb", "Mar", "May", "Aug", "Sep", "Dec"];
const TABLES = [
  "orders",
  "users",
  "user_sessions",
  "ledger_entries_2024_05",
  "audit_log",
  "items",
  "t_9912",
  "Invoice",
];

function padded(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

function several(random: Random, low: number, high: number, separator: string, make: () => string): string {
  return Array.from({ length: between(random, low, high) }, make).join(separator);
}

function day(random: Random): string {
  return `${between(random, 2023, 2026)}-${padded(between(random, 1, 12))}-${padded(between(random, 1, 28))}`;
}

function clock(random: Random): string {
  return [between(random, 0, 23), between(random, 0, 59), between(random, 0, 59)].map((part) => padded(part)).join(":");
}

/** A literal as a driver writes it into the text of a query, with the quotes that it needs. */
const literal = oneOf(
  (random) => String(skewed(random, 9_000_000)),
  (random) => `'${pick(random, ["paid", "O''Brien", "eu-west-1", "bob@example.com", "", "50% off", "Łódź"])}'`,
  (random) => `'${day(random)}'`,
  (random) => `${between(random, 0, 900)}.${padded(between(random, 0, 99))}`,
  () => "NULL",
);

export const DATABASES: Family = {
  name: "databases",
  kinds: {
    pgtime: (random) => `${day(random)} ${clock(random)}.${chars(random, 3, DIGITS)} UTC`,
    mytime: (random) => `${day(random)}T${clock(random)}.${chars(random, 6, DIGITS)}Z`,
    iso: (random) => `${day(random)}T${clock(random)}.${chars(random, 3, DIGITS)}${pick(random, ["Z", "+00:00"])}`,
    comma: (random) => `${day(random)} ${clock(random)},${chars(random, 3, DIGITS)}`,
    redistime: (random) =>
      `${padded(between(random, 1, 28))} ${pick(random, MONTHS)} ${between(random, 2023, 2026)} ${clock(random)}.${chars(random, 3, DIGITS)}`,
    dottime: (random) => `${day(random).replaceAll("-", ".")} ${clock(random)}.${chars(random, 6, DIGITS)}`,
    rabbittime: (random) => `${day(random)} ${clock(random)}.${chars(random, 6, DIGITS)}+00:00`,
    pid: (random) => String(between(random, 20, 4_194_304)),
    int: (random) => String(skewed(random, pick(random, [9, 5000, 90_000_000]))),
    big: (random) => chars(random, between(random, 9, 13), "123456789"),
    msf: (random) => (random() * pick(random, [3, 400, 60_000])).toFixed(3),
    sec: (random) => (random() * pick(random, [1, 40, 900])).toFixed(pick(random, [2, 3, 6])),
    table: among(...TABLES),
    schema: among("public", "shop", "tenant_42", "billing-eu", "analytics"),
    index: among("users_email_key", "orders_pkey", "idx_orders_created_at", "uq_invoice_no_tenant", "PRIMARY"),
    column: among("email", "customer_id", "payload", "createdAt", "sku", "total_cents"),
    role: among("app", "orders_rw", "svc-billing", "root", "metabase_ro", "bob"),
    database: among("app_production", "shop", "billing", "analytics_v2", "postgres"),
    lsn: (random) => `${skewed(random, 900).toString(16).toUpperCase()}/${hex(random, 8).toUpperCase()}`,
    wal: (random) =>
      `0000000${between(random, 1, 9)}0000${hex(random, 4).toUpperCase()}000000${hex(random, 2).toUpperCase()}`,
    slot: among("debezium", "replica_1", "pg_16412_sync_16389_7301", "wal2json_cdc"),
    literal,
    literals: (random) => several(random, 1, 6, ", ", () => literal(random)),
    ids: (random) => several(random, 1, 9, ", ", () => String(skewed(random, 800_000))),
    uuids: (random) =>
      several(
        random,
        1,
        3,
        ",",
        () => `'${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-b${hex(random, 3)}-${hex(random, 12)}'`,
      ),
    str: (random) =>
      `'${pick(random, ["paid", "O''Brien", "alice.smith@example.com", "SKU-4411/XL", "", "two words", "50%"])}'`,
    keyvalue: (random) =>
      pick(random, [
        `bob+${between(random, 1, 99)}@example.com`,
        String(skewed(random, 900_000)),
        `acme, ${between(random, 1, 99)}`,
        `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
        "José Núñez",
      ]),
    entry: oneOf(
      (random) => `${skewed(random, 9000)}-bob@example.com`,
      (random) => `SKU-${chars(random, 5, DIGITS)}`,
      (random) => hex(random, 32),
    ),
    gtid: (random) =>
      `${hex(random, 8)}-${hex(random, 4)}-11ee-${hex(random, 4)}-${hex(random, 12)}:1-${skewed(random, 9_000_000)}`,
    binlog: (random) => `${pick(random, ["mysql-bin", "binlog"])}.${chars(random, 6, DIGITS)}`,
    thread: (random) => String(between(random, 0, 900)),
    conn: (random) => `conn${between(random, 1, 90_000)}`,
    namespace: among("shop.orders", "app.users", "config.system.sessions", "analytics.events-2024", "local.oplog.rs"),
    oid: (random) => `6${hex(random, 23)}`,
    rediskey: oneOf(
      (random) => `user:${between(random, 1, 900_000)}:profile`,
      (random) => `sess:${hex(random, 32)}`,
      (random) => `cart:{${hex(random, 8)}}:items`,
      (random) => `bull:emails:${between(random, 1, 9999)}`,
    ),
    runid: (random) => hex(random, 40),
    bytes: (random) => String(skewed(random, 9_000_000_000)),
    heap: (random) => `${(random() * 30).toFixed(1)}${pick(random, ["gb", "mb", "kb"])}`,
    esnode: among("es-data-0", "es-master-2", "opensearch-hot-11", "Node Ünal", "i-0ab12cd34ef567890"),
    esindex: (random) =>
      `${pick(random, ["logs", "products_v3", ".kibana_8.12.0_001", "orders-eu"])}-${day(random).replaceAll("-", ".")}`,
    docid: (random) => base62(random, 20),
    span: oneOf(
      (random) => `${between(random, 1, 999)}ms`,
      (random) => `${(random() * 60).toFixed(1)}s`,
      (random) => `${(random() * 30).toFixed(1)}m`,
      (random) => `${between(random, 1, 900)}micros`,
    ),
    peer: oneOf(
      (random) => `/10.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}:7000`,
      (random) =>
        `cassandra-${between(random, 0, 8)}.cassandra.db.svc/172.20.${between(random, 0, 255)}.${between(random, 1, 254)}:${pick(random, ["7000", "7001"])}`,
    ),
    sstable: (random) =>
      `/var/lib/cassandra/data/shop/orders-${hex(random, 32)}/nb-${skewed(random, 9000)}-big-Data.db`,
    tp: (random) =>
      `${pick(random, ["orders", "payments.v1", "__consumer_offsets", "cdc.public.users", "user_events"])}-${between(random, 0, 49)}`,
    tps: (random) =>
      several(
        random,
        0,
        4,
        ", ",
        () => `${pick(random, ["orders", "payments.v1", "user_events"])}-${between(random, 0, 49)}`,
      ),
    broker: (random) => String(pick(random, [between(random, 0, 9), between(random, 1001, 1012)])),
    brokers: (random) => several(random, 1, 4, ",", () => String(between(random, 1, 9))),
    group: among("billing", "email-sender-v3", "connect-sink.orders", "console-consumer-41187"),
    member: (random) =>
      `${pick(random, ["consumer", "rdkafka", "kafkajs"])}-${between(random, 1, 9)}-${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-9${hex(random, 3)}-${hex(random, 12)}`,
    erlang: (random) => `<0.${skewed(random, 90_000)}.${between(random, 0, 2)}>`,
    queue: among("email.send", "orders-dlq", "amq.gen-Xa2JbPf0", "celery", "tasks/high prio"),
    vhost: among("/", "prod", "tenant-7"),
    query: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`,
    part: (random) => {
      const first = skewed(random, 90_000);
      return `${pick(random, ["all", "202405", hex(random, 32)])}_${first}_${first + skewed(random, 60)}_${between(random, 0, 9)}`;
    },
    mib: (random) => `${(random() * pick(random, [900, 30])).toFixed(2)} ${pick(random, ["MiB", "GiB"])}`,
    // ClickHouse prints its levels in the marks that stand around kinds here.
    chdebug: () => "<Debug>",
    cherror: () => "<Error>",
    request: among("<http_request>", "<transport_request>", "<reused_arrays>", "indices:data/write/bulk[s]"),
    file: oneOf(
      (random) => `/var/lib/app/${pick(random, ["cache", "queue", "state v2"])}.sqlite3`,
      (random) => `C:\\Users\\bob\\AppData\\acme-${between(random, 1, 9)}.db`,
      () => "file::memory:?cache=shared",
    ),
    migration: (random) =>
      pick(random, [
        `2024${chars(random, 10, DIGITS)}_add_${pick(random, ["email_index", "tenant_id"])}.rb`,
        `V${between(random, 1, 90)}__create_${pick(random, TABLES)}.sql`,
        `00${between(random, 10, 99)}_${pick(random, ["drop_legacy", "backfill_totals"])}`,
        `${1_700_000_000_000 + between(random, 1, 9_000_000)}-AddTotals`,
      ]),
    revision: (random) => hex(random, 12),
    source: (random) =>
      `/app/internal/store/${pick(random, ["orders", "users", "ledger"])}.go:${between(random, 10, 900)}`,
    shard: (random) => `rs${between(random, 0, 12)}`,
    txid: (random) => String(skewed(random, 4_000_000_000)),
    sidecode: (random) => chars(random, 8, UPPER),
  },
  statements: [
    // PostgreSQL
    "<pgtime> [<pid>] LOG:  connection received: host=<ip> port=<port>",
    "<pgtime> [<pid>] <role>@<database> LOG:  connection authorized: user=<role> database=<database> SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)",
    [
      "<pgtime> [<pid>] <role>@<database> LOG:  disconnection: session time: <duration> user=<role> database=<database> host=<ip> port=<port>",
      "<pgtime> [<pid>] <role>@<database> LOG:  disconnection: session time: <duration> user=<role> database=<database> host=[local]",
    ],
    '<pgtime> [<pid>] <role>@<database> FATAL:  password authentication failed for user "<role>"',
    '<pgtime> [<pid>] <role>@<database> FATAL:  role "<role>" does not exist',
    '<pgtime> [<pid>] <role>@<database> FATAL:  database "<database>" does not exist',
    "<pgtime> [<pid>] <role>@<database> FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
    '<pgtime> [<pid>] FATAL:  no pg_hba.conf entry for host "<ip>", user "<role>", database "<database>", no encryption',
    '<pgtime> [<pid>] <role>@<database> ERROR:  duplicate key value violates unique constraint "<index>"\nDETAIL:  Key (<column>)=(<keyvalue>) already exists.',
    '<pgtime> [<pid>] <role>@<database> ERROR:  insert or update on table "<table>" violates foreign key constraint "<index>"\nDETAIL:  Key (<column>)=(<keyvalue>) is not present in table "<table>".',
    '<pgtime> [<pid>] <role>@<database> ERROR:  null value in column "<column>" of relation "<table>" violates not-null constraint',
    '<pgtime> [<pid>] <role>@<database> ERROR:  relation "<table>" does not exist at character <int>',
    '<pgtime> [<pid>] <role>@<database> ERROR:  column "<column>" does not exist at character <int>',
    '<pgtime> [<pid>] <role>@<database> ERROR:  invalid input syntax for type uuid: "<keyvalue>"',
    '<pgtime> [<pid>] <role>@<database> ERROR:  invalid input syntax for type integer: "<keyvalue>"',
    "<pgtime> [<pid>] <role>@<database> ERROR:  canceling statement due to statement timeout",
    "<pgtime> [<pid>] <role>@<database> ERROR:  canceling statement due to lock timeout",
    "<pgtime> [<pid>] <role>@<database> ERROR:  deadlock detected\nDETAIL:  Process <pid> waits for ShareLock on transaction <txid>; blocked by process <pid>.",
    "<pgtime> [<pid>] <role>@<database> LOG:  process <pid> still waiting for ShareLock on transaction <txid> after <msf> ms",
    "<pgtime> [<pid>] <role>@<database> LOG:  process <pid> acquired ShareLock on transaction <txid> after <msf> ms",
    "<pgtime> [<pid>] <role>@<database> LOG:  duration: <msf> ms  statement: SELECT * FROM orders WHERE customer_id = <int> AND status = <str> ORDER BY created_at DESC LIMIT <int>",
    "<pgtime> [<pid>] <role>@<database> LOG:  duration: <msf> ms  statement: UPDATE users SET last_seen_at = '<pgtime>' WHERE id IN (<ids>)",
    "<pgtime> [<pid>] <role>@<database> LOG:  duration: <msf> ms  statement: DELETE FROM user_sessions WHERE expires_at < '<pgtime>'",
    "<pgtime> [<pid>] <role>@<database> LOG:  duration: <msf> ms  execute S_<int>: INSERT INTO audit_log (id, actor, payload) VALUES ($1, $2, $3)",
    "<pgtime> [<pid>] LOG:  checkpoint complete: wrote <int> buffers (<percent>); <int> WAL file(s) added, <int> removed, <int> recycled; write=<sec> s, sync=<sec> s, total=<sec> s; sync files=<int>, longest=<sec> s, average=<sec> s; distance=<int> kB, estimate=<int> kB",
    "<pgtime> [<pid>] LOG:  checkpoint starting: time",
    "<pgtime> [<pid>] LOG:  checkpoint starting: wal",
    '<pgtime> [<pid>] LOG:  automatic vacuum of table "<database>.<schema>.<table>": index scans: <int>, pages: <int> removed, <int> remain, tuples: <int> removed, <int> remain, <int> are dead but not yet removable, elapsed: <sec> s',
    '<pgtime> [<pid>] LOG:  automatic analyze of table "<database>.<schema>.<table>", elapsed: <sec> s',
    '<pgtime> [<pid>] WARNING:  database "<database>" must be vacuumed within <big> transactions',
    "<pgtime> [<pid>] LOG:  started streaming WAL from primary at <lsn> on timeline <int>",
    "<pgtime> [<pid>] FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment <wal> has already been removed",
    '<pgtime> [<pid>] <role>@<database> LOG:  starting logical decoding for slot "<slot>"\nDETAIL:  Streaming transactions committing after <lsn>, reading WAL from <lsn>.',
    '<pgtime> [<pid>] LOG:  invalidating obsolete replication slot "<slot>"',
    '<pgtime> [<pid>] LOG:  temporary file: path "base/pgsql_tmp/pgsql_tmp<pid>.<int>", size <bytes>',
    "<pgtime> [<pid>] LOG:  server process (PID <pid>) was terminated by signal 9: Killed",
    // MySQL and InnoDB
    "<mytime> <thread> [Note] [MY-010914] [Server] Aborted connection <int> to db: '<database>' user: '<role>' host: '<ip>' (Got an error reading communication packets).",
    "<mytime> <thread> [Note] [MY-010914] [Server] Aborted connection <int> to db: '<database>' user: '<role>' host: '<ip>' (Got timeout reading communication packets).",
    "<mytime> <thread> [Warning] [MY-010055] [Server] IP address '<ip>' could not be resolved: Name or service not known",
    "<mytime> <thread> [Note] [MY-012546] [InnoDB] page_cleaner: <int>ms intended loop took <int>ms. The settings might not be optimal.",
    "<mytime> <thread> [ERROR] [MY-010584] [Repl] Replica SQL for channel '<slot>': Could not execute Write_rows event on table <schema>.<table>; Duplicate entry '<entry>' for key '<table>.<index>', Error_code: 1062; handler error HA_ERR_FOUND_DUPP_KEY; the event's source log <binlog>, end_log_pos <int>, Error_code: MY-001062",
    "<mytime> <thread> [ERROR] [MY-010557] [Repl] Error reading packet from server for channel '<slot>': Lost connection to MySQL server during query (server_errno=2013)",
    "Error 1062 (23000): Duplicate entry '<entry>' for key '<table>.<index>'",
    "Error 1213 (40001): Deadlock found when trying to get lock; try restarting transaction",
    "Error 1205 (HY000): Lock wait timeout exceeded; try restarting transaction (table=<table> waited=<sec>s)",
    "Error 1040 (08004): Too many connections (host=<host> pool=<int>)",
    "Error 1406 (22001): Data too long for column '<column>' at row <int>",
    "# Query_time: <sec>  Lock_time: <sec> Rows_sent: <int>  Rows_examined: <int> SELECT o.id, o.total FROM orders o JOIN users u ON u.id = o.user_id WHERE u.email = <str>;",
    "# Query_time: <sec>  Lock_time: <sec> Rows_sent: <int>  Rows_examined: <int> UPDATE stock SET qty = qty - <int> WHERE sku = <str> AND warehouse_id = <int>;",
    "Group replication member <uuid> at <host>:<port> changed state to RECOVERING, gtid_executed=<gtid>",
    // MongoDB
    '{"t":{"$date":"<iso>"},"s":"I","c":"NETWORK","id":22943,"ctx":"listener","msg":"Connection accepted","attr":{"remote":"<ip>:<port>","connectionId":<int>,"connectionCount":<int>}}',
    '{"t":{"$date":"<iso>"},"s":"I","c":"NETWORK","id":22944,"ctx":"<conn>","msg":"Connection ended","attr":{"remote":"<ip>:<port>","connectionId":<int>,"connectionCount":<int>}}',
    '{"t":{"$date":"<iso>"},"s":"I","c":"COMMAND","id":51803,"ctx":"<conn>","msg":"Slow query","attr":{"type":"command","ns":"<namespace>","command":{"find":"orders","filter":{"customerId":{"$oid":"<oid>"},"status":{"$ne":"<name>"}},"limit":<int>},"planSummary":"COLLSCAN","docsExamined":<int>,"nreturned":<int>,"durationMillis":<int>}}',
    '{"t":{"$date":"<iso>"},"s":"I","c":"COMMAND","id":51803,"ctx":"<conn>","msg":"Slow query","attr":{"type":"update","ns":"<namespace>","command":{"q":{"_id":{"$oid":"<oid>"}},"u":{"$inc":{"balance":<int>}}},"planSummary":"IDHACK","keysExamined":<int>,"nModified":<int>,"durationMillis":<int>}}',
    '{"t":{"$date":"<iso>"},"s":"I","c":"ACCESS","id":20249,"ctx":"<conn>","msg":"Authentication failed","attr":{"mechanism":"SCRAM-SHA-256","principalName":"<role>","authenticationDatabase":"<database>","remote":"<ip>:<port>","error":"AuthenticationFailed: SCRAM authentication failed, storedKey mismatch"}}',
    '{"t":{"$date":"<iso>"},"s":"I","c":"REPL","id":21358,"ctx":"ReplCoord-<int>","msg":"Replica set state transition","attr":{"newState":"PRIMARY","oldState":"SECONDARY"}}',
    '{"t":{"$date":"<iso>"},"s":"I","c":"ELECTION","id":4615652,"ctx":"ReplCoord-<int>","msg":"Starting an election, since we\'ve seen no PRIMARY in election timeout period","attr":{"electionTimeoutPeriodMillis":<int>}}',
    'MongoServerError: E11000 duplicate key error collection: <namespace> index: email_1 dup key: { email: "<email>" }',
    "MongoServerSelectionError: connect ECONNREFUSED <ip>:<port>",
    "MongoNetworkTimeoutError: connection <int> to <ip>:<port> timed out",
    "WriteConflict error: this operation conflicted with another operation on <namespace>, txnNumber: <int>, lsid: <uuid>",
    // Redis
    "<pid>:M <redistime> * Background saving started by pid <pid>",
    "<pid>:M <redistime> # Can't save in background: fork: Cannot allocate memory",
    "<pid>:M <redistime> * <int> changes in <int> seconds. Saving...",
    "<pid>:M <redistime> * Replica <ip>:<port> asks for synchronization",
    "<pid>:M <redistime> * Full resync requested by replica <ip>:<port>",
    "<pid>:M <redistime> * Partial resynchronization not accepted: Replication ID mismatch (Replica asked for '<runid>', my replication IDs are '<runid>' and '<runid>')",
    "<pid>:S <redistime> * MASTER <-> REPLICA sync started",
    "<pid>:S <redistime> # MASTER timeout: no data nor PING received...",
    "<pid>:M <redistime> # Client id=<int> addr=<ip>:<port> laddr=<ip>:<port> fd=<int> name=<name> age=<int> idle=<int> db=<int> omem=<bytes> cmd=subscribe scheduled to be closed ASAP for overcoming of output buffer limits.",
    "<pid>:X <redistime> # +sdown master <slot> <ip> <port>",
    "<pid>:X <redistime> # +odown master <slot> <ip> <port> #quorum <small>/<small>",
    "ReplyError: OOM command not allowed when used memory > 'maxmemory'. command=SET key=<rediskey>",
    "ReplyError: WRONGTYPE Operation against a key holding the wrong kind of value command=HGET key=<rediskey>",
    "ReplyError: READONLY You can't write against a read only replica. command=SET key=<rediskey>",
    // Elasticsearch and OpenSearch
    "[<iso>][INFO ][o.e.c.m.MetadataCreateIndexService] [<esnode>] [<esindex>] creating index, cause [auto(bulk api)], templates [<name>], shards [<int>]/[<int>]",
    "[<iso>][INFO ][o.e.c.m.MetadataDeleteIndexService] [<esnode>] [<esindex>/<nanoid>] deleting index",
    "[<iso>][WARN ][o.e.m.j.JvmGcMonitorService] [<esnode>] [gc][<int>] overhead, spent [<span>] collecting in the last [<span>]",
    "[<iso>][WARN ][o.e.c.r.a.DiskThresholdMonitor] [<esnode>] high disk watermark [<percent>] exceeded on [<nanoid>][<esnode>][/usr/share/elasticsearch/data] free: <heap>[<percent>], shards will be relocated away from this node",
    "[<iso>][WARN ][o.e.c.r.a.DiskThresholdMonitor] [<esnode>] flood stage disk watermark [<percent>] exceeded on [<nanoid>][<esnode>][/usr/share/elasticsearch/data] free: <heap>[<percent>], all indices on this node will be marked read-only",
    '[<iso>][INFO ][o.e.c.r.a.AllocationService] [<esnode>] current.health="GREEN" message="Cluster health status changed from [YELLOW] to [GREEN] (reason: [shards started [[<esindex>][<int>]]])."',
    '[<iso>][WARN ][index.search.slowlog.query] [<esnode>] [<esindex>][<int>] took[<span>], took_millis[<int>], total_hits[<int> hits], types[], stats[], search_type[QUERY_THEN_FETCH], total_shards[<int>], source[{"query":{"match":{"title":{"query":"<words>"}}}}]',
    "circuit_breaking_exception: [parent] Data too large, data for [<request>] would be [<bytes>/<heap>], which is larger than the limit of [<bytes>/<heap>]",
    "mapper_parsing_exception: failed to parse field [<column>] of type [long] in document with id '<docid>'. Preview of field's value: '<keyvalue>'",
    "mapper_parsing_exception: failed to parse field [<column>] of type [date] in document with id '<docid>'. Preview of field's value: '<keyvalue>'",
    "version_conflict_engine_exception: [<docid>]: version conflict, required seqNo [<int>], primary term [<int>]. current document has seqNo [<int>] and primary term [<int>]",
    "es_rejected_execution_exception: rejected execution of primary operation [coordinating_and_primary_bytes=<bytes>, replica_bytes=<bytes>, max_coordinating_and_primary_bytes=<bytes>]",
    // Cassandra
    "INFO  [GossipStage:1] <comma> Gossiper.java:1340 - InetAddress <peer> is now UP",
    "INFO  [GossipTasks:1] <comma> Gossiper.java:1358 - InetAddress <peer> is now DOWN",
    "INFO  [CompactionExecutor:<int>] <comma> CompactionTask.java:252 - Compacted (<uuid>) <int> sstables to [<sstable>] to level=<int>. <mib> to <mib> (~<percent> of original) in <int>ms.",
    "WARN  [Native-Transport-Requests-<int>] <comma> ReadCommand.java:554 - Read <int> live rows and <int> tombstone cells for query SELECT * FROM shop.orders WHERE customer_id = <keyvalue> LIMIT <int> (see tombstone_warn_threshold)",
    "WARN  [MutationStage-<int>] <comma> BatchStatement.java:305 - Batch for [<schema>.<table>] is of size <mib>, exceeding specified threshold of <mib> by <mib>.",
    "INFO  [Service Thread] <comma> GCInspector.java:294 - G1 Young Generation GC in <int>ms.  G1 Eden Space: <bytes> -> <bytes>; G1 Old Gen: <bytes> -> <bytes>",
    "ReadTimeoutException: Query timed out after <duration>, consistency LOCAL_QUORUM (<small> responses were required but only <small> replica responded)",
    // Kafka broker
    "[<comma>] INFO [GroupCoordinator <broker>]: Preparing to rebalance group <group> in state PreparingRebalance with old generation <int> (__consumer_offsets-<int>) (reason: Adding new member <member> with group instance id None) (kafka.coordinator.group.GroupCoordinator)",
    "[<comma>] INFO [GroupCoordinator <broker>]: Member <member> in group <group> has failed, removing it from the group (kafka.coordinator.group.GroupCoordinator)",
    "[<comma>] INFO [Partition <tp> broker=<broker>] Shrinking ISR from <brokers> to <broker>. Leader: (highWatermark: <int>, endOffset: <int>). (kafka.cluster.Partition)",
    "[<comma>] INFO [Partition <tp> broker=<broker>] ISR updated to <brokers> and version updated to <int> (kafka.cluster.Partition)",
    "[<comma>] INFO [Log partition=<tp>, dir=/var/lib/kafka/data] Rolled new log segment at offset <int> in <int> ms. (kafka.log.UnifiedLog)",
    "[<comma>] INFO [Log partition=<tp>, dir=/var/lib/kafka/data] Deleting segments due to log retention size <bytes> breach. (kafka.log.UnifiedLog)",
    "[<comma>] ERROR [ReplicaManager broker=<broker>] Error processing append operation on partition <tp> (kafka.server.ReplicaManager)\norg.apache.kafka.common.errors.NotEnoughReplicasException: The size of the current ISR Set(<brokers>) is insufficient to satisfy the min.isr requirement of <small> for partition <tp>",
    "[<comma>] INFO [ReplicaFetcherManager on broker <broker>] Removed fetcher for partitions Set(<tps>) (kafka.server.ReplicaFetcherManager)",
    "[<comma>] INFO [SocketServer listenerType=ZK_BROKER, nodeId=<broker>] Failed authentication with /<ip> (channelId=<ip>:<port>-<ip>:<port>-<int>) (SSL handshake failed) (org.apache.kafka.common.network.Selector)",
    // RabbitMQ
    "<rabbittime> [info] <erlang> accepting AMQP connection <erlang> (<ip>:<port> -> <ip>:<port>)",
    "<rabbittime> [info] <erlang> connection <erlang> (<ip>:<port> -> <ip>:<port>): user '<role>' authenticated and granted access to vhost '<vhost>'",
    "<rabbittime> [error] <erlang> missed heartbeats from client, timeout: <int>s",
    "<rabbittime> [error] <erlang> Channel error on connection <erlang> (<ip>:<port> -> <ip>:<port>, vhost: '<vhost>', user: '<role>'), channel <int>: operation queue.declare caused a channel exception precondition_failed: inequivalent arg 'durable' for queue '<queue>' in vhost '<vhost>'",
    "<rabbittime> [error] <erlang> Channel error on connection <erlang> (<ip>:<port> -> <ip>:<port>, vhost: '<vhost>', user: '<role>'), channel <int>: operation basic.consume caused a channel exception not_found: no queue '<queue>' in vhost '<vhost>'",
    "<rabbittime> [warning] <erlang> memory resource limit alarm set on node rabbit@<host>.",
    "<rabbittime> [warning] <erlang> disk resource limit alarm set on node rabbit@<host>.",
    "<rabbittime> [info] <erlang> queue '<queue>' in vhost '<vhost>': follower added, replicas [<name>, <name>]",
    // ClickHouse
    "<dottime> [ <pid> ] {<query>} <chdebug> executeQuery: (from <ip>:<port>, user: <role>) SELECT count() FROM events WHERE tenant = <str> AND ts >= '<pgtime>' (stage: Complete)",
    "<dottime> [ <pid> ] {<query>} <cherror> executeQuery: Code: 241. DB::Exception: Memory limit (for query) exceeded: would use <mib> (attempt to allocate chunk of <bytes> bytes), maximum: <mib>. (MEMORY_LIMIT_EXCEEDED) (from <ip>:<port>)",
    "<dottime> [ <pid> ] {<query>} <cherror> executeQuery: Code: 159. DB::Exception: Timeout exceeded: elapsed <sec> seconds, maximum: <int>. (TIMEOUT_EXCEEDED) (from <ip>:<port>)",
    "<dottime> [ <pid> ] {} <chdebug> <database>.<table> (<uuid>): Merged <int> parts: [<part>, <part>] -> <part>",
    "Code: 252. DB::Exception: Too many parts (<int> with average size of <mib>) in table '<database>.<table> (<uuid>)'. Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)",
    // SQLite
    "sqlite3.OperationalError: database is locked (path=<file>, waited <sec>s)",
    "sqlite3.OperationalError: no such table: <table>",
    "sqlite3.IntegrityError: UNIQUE constraint failed: <table>.<column>",
    "sqlite3.IntegrityError: NOT NULL constraint failed: <table>.<column>",
    "sqlite3.DatabaseError: database disk image is malformed (path=<file>)",
    // ORMs, pools and migrations
    "\u001b[33m<source>\u001b[0m SLOW SQL >= 200ms [<msf>ms] [rows:<int>] SELECT * FROM `orders` WHERE tenant_id = <int> AND deleted_at IS NULL ORDER BY id LIMIT <int>",
    "prisma:query SELECT `shop`.`User`.`id`, `shop`.`User`.`email` FROM `shop`.`User` WHERE `shop`.`User`.`id` IN (<uuids>) LIMIT <int> OFFSET <int>",
    'Executing (<uuid>): UPDATE "carts" SET "state"=<str>,"updatedAt"=\'<pgtime>\' WHERE "id" = <int>',
    'Executing (default): SELECT "id", "sku" FROM "items" AS "Item" WHERE "Item"."order_id" IN (<ids>);',
    'D, [<iso> #<pid>] DEBUG -- :   User Load (<msf>ms)  SELECT "users".* FROM "users" WHERE "users"."id" = $1 LIMIT $2  [["id", <int>], ["LIMIT", <int>]]',
    '(<sec>) INSERT INTO "shop_order" ("number", "total", "note") VALUES (<literal>, <literal>, <literal>) RETURNING "shop_order"."id"; args=(<literals>)',
    "HikariPool-<small> - Connection is not available, request timed out after <int>ms (total=<int>, active=<int>, idle=<int>, waiting=<int>)",
    "TimeoutError: QueuePool limit of size <int> overflow <int> reached, connection timed out, timeout <sec>",
    "INFO  [alembic.runtime.migration] Running upgrade <revision> -> <revision>, <words>",
    "INFO  [alembic.runtime.migration] Running downgrade <revision> -> <revision>, <words>",
    'Migrating schema "<schema>" to version "<version> - <words>"',
    'Schema "<schema>" is up to date. No migration necessary.',
    "Migration <migration> applied in <duration>",
    'Migration <migration> failed: relation "<table>" already exists (SQLSTATE 42P07)',
    "Migration checksum mismatch for <migration>: applied <int>, resolved <int>",
    "could not acquire migration lock held by <host> since <pgtime>",
    "Backfill of <schema>.<table>: <int>/<int> rows (<percent>), last id <int>, batch took <duration>",
    "replica <host> lags by <duration> (<lsn> vs <lsn>), removed from read pool",
    "replica <host> caught up at <lsn>, added to read pool",
    "Failover of shard <shard> finished: <host> promoted in <duration>, lost <int> bytes of WAL",
    "Backup <sidecode> of <database> uploaded to s3://acme-backups/<database>/<wal>.lz4 (<size> in <duration>)",
    "VACUUM (VERBOSE, ANALYZE) <schema>.<table> freed <size> in <duration>",
  ],
};
