import { hex, pick } from "../../../traffic.ts";
import type { Family, Random } from "../family.ts";
import { between, chars } from "../values.ts";

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
/** What Kubernetes draws the suffixes of names from: no vowels and no digits that look like letters. */
const POD_SUFFIX = "bcdfghjklmnpqrstvwxz2456789";
const SERVICES = ["payments", "orders-api", "auth", "ledger", "media-proxy", "geo_lookup", "svc.billing.v2", "cart2"];

function padded(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

function several(random: Random, low: number, high: number, make: () => string): string[] {
  return Array.from({ length: between(random, low, high) }, make);
}

function day(random: Random, separator: string): string {
  return [String(between(random, 2023, 2026)), padded(between(random, 1, 12)), padded(between(random, 1, 28))].join(
    separator,
  );
}

function clock(random: Random): string {
  return [between(random, 0, 23), between(random, 0, 59), between(random, 0, 59)].map((part) => padded(part)).join(":");
}

/** As time.Duration prints itself: no zeros at the end, units that change with the length. */
function duration(random: Random): string {
  return pick(random, [
    () => `${between(random, 1, 999)}.${between(random, 1, 999)}µs`,
    () => `${between(random, 1, 999)}ns`,
    () => `${between(random, 1, 999)}ms`,
    () => `${between(random, 1, 999)}.${chars(random, 6, "123456789")}ms`,
    () => `${between(random, 1, 59)}.${chars(random, between(random, 1, 9), "123456789")}s`,
    () => `${between(random, 1, 59)}s`,
    () => `${between(random, 1, 59)}m${between(random, 0, 59)}s`,
    () => `${between(random, 1, 30)}m${between(random, 0, 59)}.${between(random, 1, 9)}s`,
    () => `${between(random, 1, 71)}h${between(random, 0, 59)}m0s`,
  ])();
}

function address(random: Random): string {
  return pick(random, [
    () => `10.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}`,
    () => `172.${between(random, 16, 31)}.${between(random, 0, 255)}.${between(random, 1, 254)}`,
    () => "127.0.0.1",
    () => `[fd00:${hex(random, 4)}::${hex(random, 2)}]`,
    () => "[::1]",
  ])();
}

export const GO: Family = {
  name: "go",
  kinds: {
    rfc: (random) =>
      pick(random, [
        () => `${day(random, "-")}T${clock(random)}.${chars(random, 3, DIGITS)}Z`,
        () => `${day(random, "-")}T${clock(random)}Z`,
        () => `${day(random, "-")}T${clock(random)}.${chars(random, 9, DIGITS)}Z`,
        () => `${day(random, "-")}T${clock(random)}.${chars(random, 3, DIGITS)}+02:00`,
        () => `${day(random, "-")}T${clock(random)}-07:00`,
      ])(),
    stdlog: (random) => `${day(random, "/")} ${clock(random)}`,
    gintime: (random) => `${day(random, "/")} - ${clock(random)}`,
    kitchen: (random) =>
      `${between(random, 1, 12)}:${padded(between(random, 0, 59))}${pick(random, ["AM", "PM"] as const)}`,
    epoch: (random) => `17${chars(random, 8, DIGITS)}.${chars(random, between(random, 3, 7), DIGITS)}`,
    klog: (random) => `${day(random, "").slice(4)} ${clock(random)}.${chars(random, 6, DIGITS)}`,
    godur: duration,
    peer: (random) => `${address(random)}:${between(random, 1024, 65535)}`,
    pid: (random) => String(between(random, 1, 4_194_304)),
    line: (random) => String(between(random, 9, 3900)),
    addr: (random) => `0x${pick(random, [`c000${hex(random, 6)}`, hex(random, 6), hex(random, 3)])}`,
    goroutine: (random) => String(between(random, 1, 98_000)),
    int: (random) => String(between(random, 0, pick(random, [9, 300, 70_000, 9_000_000_000]))),
    float: (random) => String(random() * pick(random, [1, 30, 5000])),
    svc: (random) => pick(random, SERVICES),
    pod: (random) =>
      pick(random, [
        () => `${pick(random, SERVICES)}-${hex(random, 10)}-${chars(random, 5, POD_SUFFIX)}`,
        () => `${pick(random, ["kafka", "redis-node", "worker"])}-${between(random, 0, 12)}`,
      ])(),
    node: (random) =>
      pick(random, [
        `ip-10-${between(random, 0, 255)}-${between(random, 0, 255)}-${between(random, 1, 254)}.eu-west-1.compute.internal`,
        `gke-prod-pool-${between(random, 1, 4)}-${hex(random, 8)}-${chars(random, 4, POD_SUFFIX)}`,
        `consul-server-${between(random, 0, 4)}`,
        `nomad-client${padded(between(random, 1, 40))}.dc1`,
      ]),
    topic: (random) =>
      pick(random, ["orders", "payments.v1.captured", "user_events", "cdc.public.invoices", "audit-log", "__retry-5m"]),
    group: (random) => pick(random, ["billing", "email-sender-v3", "cg.search.indexer", "etl_2024"]),
    member: (random) =>
      `${pick(random, ["sarama", "worker", "kgo"])}-${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
    subject: (random) =>
      pick(random, [
        "orders.created",
        "rpc.users.get",
        "telemetry.eu-1.>",
        `_INBOX.${chars(random, 22, LOWER + DIGITS)}`,
      ]),
    stream: (random) => pick(random, ["ORDERS", "EVENTS_EU", "kv_config", "audit-2024"]),
    cachekey: (random) =>
      pick(random, [
        `user:${between(random, 1, 900_000)}:profile`,
        `sess:${hex(random, 32)}`,
        `rl:${address(random)}:login`,
        `cart:{${hex(random, 8)}}:items`,
        "config",
      ]),
    etcdkey: (random) =>
      pick(random, [
        `/registry/pods/default/${pick(random, SERVICES)}-${hex(random, 10)}-${chars(random, 5, POD_SUFFIX)}`,
        `/registry/leases/kube-system/${pick(random, SERVICES)}`,
        `/services/${pick(random, SERVICES)}/${between(random, 1, 90)}`,
        "/registry/health",
      ]),
    raft: (random) => hex(random, 16).replace(/^0+/, "a"),
    stripe: (random) => `cus_${chars(random, 14, LOWER + UPPER + DIGITS)}`,
    merchant: (random) => `mrc_${chars(random, 10, LOWER + DIGITS)}`,
    awsreq: (random) => chars(random, 16, UPPER + DIGITS),
    awshost: (random) => `${chars(random, 75, `${LOWER}${UPPER}${DIGITS}+/`)}=`,
    s3key: (random) =>
      pick(random, [
        `exports/${day(random, "/")}/part-${padded(between(random, 0, 999), 5)}.parquet`,
        `avatars/${hex(random, 2)}/${hex(random, 30)}.webp`,
        `invoices/INV-2024-${padded(between(random, 1, 9999), 5)}.pdf`,
        "latest.json",
      ]),
    bucket: (random) => pick(random, ["acme-prod-exports", "media.acme.io", `tf-state-${chars(random, 12, DIGITS)}`]),
    gomap: (random) =>
      `map[${several(random, 0, 4, () => `${pick(random, ["region", "shard", "tier", "attempt", "user"])}:${pick(random, ["eu-west-1", String(between(random, 0, 64)), "gold", "bob@example.com"])}`).join(" ")}]`,
    goslice: (random) => `[${several(random, 0, 7, () => String(between(random, 0, 63))).join(" ")}]`,
    names: (random) => `[${several(random, 1, 4, () => pick(random, SERVICES)).join(" ")}]`,
    decimal: (random) => (random() * pick(random, [9, 400, 99_000])).toFixed(2),
    gostruct: (random) =>
      `{ID:${between(random, 1, 90_000)} Name:${pick(random, ["nightly export", "Bob", "sync-eu", "Łódź depot"])} Retries:${between(random, 0, 9)} Tags:[${several(random, 0, 3, () => pick(random, ["eu", "beta", "x9"])).join(" ")}]}`,
    gofield: (random) => pick(random, ["quantity", "items.unit_price", "customer.id", "ttl_seconds", "lat"]),
    raw: (random) => pick(random, ["12,50", "abc", "1e9x", " 42", "NaN€", "0x1F", "null", "2024-13-01", "١٢"]),
    job: (random) =>
      pick(random, ["nightly-export", "refresh_rates", "purge:sessions", "Rebuild sitemap", "sync-erp-7"]),
    task: (random) => pick(random, ["email:deliver", "image:resize", "report:generate", "user:purge"]),
    file: (random) =>
      pick(random, [
        "/etc/app/config.yaml",
        `/var/lib/${pick(random, SERVICES)}/wal/${padded(between(random, 0, 99_999), 8)}`,
        `/tmp/upload-${between(random, 100_000, 999_999_999)}`,
        "./config.local.toml",
        `C:\\ProgramData\\Acme\\agent-${between(random, 1, 9)}.yml`,
        `/data/customers/Müller & Söhne/import ${between(random, 1, 30)}.csv`,
      ]),
    domain: (random) =>
      pick(random, [
        "api.stripe.com",
        `${pick(random, ["orders", "redis-master", "vault"])}.prod.svc.cluster.local`,
        `db-${between(random, 1, 9)}.c${chars(random, 11, LOWER + DIGITS)}.eu-central-1.rds.amazonaws.com`,
        "hooks.example.co.uk",
        "xn--mnchen-3ya.example",
      ]),
    tenant: (random) =>
      pick(random, ["acme", "globex-eu", `t_${between(random, 1, 9999)}`, "Initech GmbH", "wayne.enterprises"]),
    constraint: (random) => pick(random, ["users_email_key", "orders_pkey", "uq_invoice_no_tenant", "idx_slug_unique"]),
    relation: (random) => pick(random, ["orders", "user_sessions", "ledger_entries_2024_05", "public.Invoices"]),
    role: (random) => pick(random, ["app", "orders_rw", "svc-billing", "postgres"]),
    signal: (random) => pick(random, ["terminated", "interrupt", "hangup"]),
    breaker: (random) => pick(random, ["stripe", "geo-api", "inventory.v2", "smtp_relay", "S3 (eu)"]),
    semver: (random) =>
      pick(random, [
        `v${between(random, 0, 9)}.${between(random, 0, 40)}.${between(random, 0, 20)}`,
        `v1.4.0-rc.${between(random, 1, 9)}+${hex(random, 7)}`,
        `v0.0.0-20240${between(random, 1, 9)}1${between(random, 0, 9)}${chars(random, 6, "012345")}-${hex(random, 12)}`,
        "(devel)",
      ]),
    bytes: (random) =>
      `${pick(random, [between(random, 1, 1023), `${between(random, 1, 99)}.${between(random, 0, 9)}`])} ${pick(random, ["B", "kB", "MB", "GB"])}`,
  },
  statements: [
    // slog
    'time=<rfc> level=INFO msg="http request completed" method=<method> path=/api/v1/orders/<uuid> status=<status> duration=<godur> bytes=<int> request_id=<ksuid>',
    'time=<rfc> level=ERROR msg="failed to charge customer" err="context deadline exceeded" customer_id=<stripe> attempt=<small> elapsed=<godur>',
    'time=<rfc> level=ERROR msg="failed to charge customer" err="context canceled" customer_id=<stripe> attempt=<small> elapsed=<godur>',
    'time=<rfc> level=WARN msg="slow upstream" upstream=<svc> took=<godur> threshold=<godur> trace_id=<trace>',
    'time=<rfc> level=INFO msg="tenant provisioned" tenant="<tenant>" shard=<small> labels="<gomap>"',
    '{"time":"<rfc>","level":"INFO","source":{"function":"main.(*Server).Run","file":"/app/server.go","line":88},"msg":"listening","addr":":<port>","tls":<bool>,"version":"<semver>"}',
    '{"time":"<rfc>","level":"WARN","msg":"rate limit exceeded","key":"<cachekey>","limit":<int>,"remaining":0,"retry_after":<int>}',
    [
      '{"time":"<rfc>","level":"ERROR","msg":"webhook delivery failed","delivery":"<ulid>","merchant":"<merchant>","status":<status>,"attempt":<small>}',
      '{"time":"<rfc>","level":"ERROR","msg":"webhook delivery failed","delivery":"<ulid>","merchant":"<merchant>","status":<status>,"attempt":<small>,"next_retry":"<godur>"}',
    ],
    // zap
    '{"level":"info","ts":<epoch>,"caller":"ledger/post.go:142","msg":"journal entry posted","entry_id":"<ulid>","debit":<decimal>,"credit":<decimal>,"accounts":["<hex>","<hex>"]}',
    '{"level":"error","ts":<epoch>,"caller":"ledger/post.go:167","msg":"journal entry rejected","entry_id":"<ulid>","error":"unbalanced entry: debit <amount> credit <amount>","errorVerbose":"unbalanced entry\\n    ledger.(*Book).Post\\n        /app/ledger/post.go:161"}',
    '<rfc>\tINFO\tworker/pool.go:57\tworker pool resized\t{"from": <small>, "to": <int>, "queue": "<job>"}',
    '<rfc>\tERROR\tworker/pool.go:93\tjob panicked\t{"job": "<job>", "id": "<nanoid>", "panic": "runtime error: integer divide by zero"}',
    '<rfc>\tDPANIC\tstate/machine.go:31\tillegal transition\t{"order": "<uuid>", "from": "shipped", "to": "pending"}',
    // logrus
    'time="<rfc>" level=warning msg="retrying webhook delivery" attempt=<small> delivery_id=<ulid> next_retry=<godur> url="<url>"',
    'time="<rfc>" level=info msg="finished unary call with code OK" grpc.code=OK grpc.method=GetUser grpc.service=users.v1.Users grpc.time_ms=<float> peer.address="<peer>" span.kind=server',
    'time="<rfc>" level=error msg="finished unary call with code Internal" error="rpc error: code = Internal desc = <words>" grpc.code=Internal grpc.method=GetUser grpc.service=users.v1.Users grpc.time_ms=<float> peer.address="<peer>" span.kind=server',
    'time="<rfc>" level=fatal msg="cannot open <file>: permission denied"',
    "INFO[<int>] synced <int> objects to bucket <bucket> in <godur>",
    "WARN[<int>] skipped <int> objects in bucket <bucket>: checksum mismatch",
    // zerolog
    '{"level":"info","job":"<job>","took":<float>,"rows":<int>,"time":"<rfc>","message":"job finished"}',
    '{"level":"error","error":"write tcp <peer>-><peer>: write: broken pipe","conn":"<hex>","time":<epoch>,"message":"stream closed"}',
    '{"level":"error","error":"read tcp <peer>-><peer>: read: connection reset by peer","conn":"<hex>","time":<epoch>,"message":"stream closed"}',
    "<kitchen> INF session opened device=<hex> plan=<words> user=<user>",
    '<kitchen> ERR cannot refresh token error="oauth2: \\"invalid_grant\\" \\"Token has been expired or revoked.\\"" user=<user>',
    "<kitchen> DBG cache miss key=<cachekey> ttl=<godur>",
    // net/http, gin, echo
    "<stdlog> http: TLS handshake error from <peer>: EOF",
    "<stdlog> http: TLS handshake error from <peer>: remote error: tls: bad certificate",
    "<stdlog> http: TLS handshake error from <peer>: tls: client offered only unsupported versions: [<int> <int>]",
    "<stdlog> http: panic serving <peer>: runtime error: invalid memory address or nil pointer dereference\ngoroutine <goroutine> [running]:\nnet/http.(*conn).serve.func1()\n\t/usr/local/go/src/net/http/server.go:<line> +<addr>",
    "<stdlog> http: Accept error: accept tcp [::]:<port>: accept4: too many open files; retrying in <godur>",
    "<stdlog> http: superfluous response.WriteHeader call from main.(*statusWriter).WriteHeader (middleware.go:<line>)",
    "<stdlog> http: proxy error: dial tcp <peer>: i/o timeout",
    "<stdlog> http: URL query contains semicolon, which is no longer a supported separator; parts of the query may be stripped when parsed; see golang.org/issue/25192",
    'fetch rates: Get "https://<domain>/v1/latest?base=<currency>": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'post event: Post "https://<domain>/hooks/<nanoid>": dial tcp: lookup <domain> on <ip>:53: no such host',
    'post event: Post "https://<domain>/hooks/<nanoid>": dial tcp: lookup <domain> on <ip>:53: server misbehaving',
    'post event: Post "https://<domain>/hooks/<nanoid>": tls: failed to verify certificate: x509: certificate is valid for <domain>, not <domain>',
    'post event: Post "https://<domain>/hooks/<nanoid>": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time <rfc> is after <rfc>',
    '[GIN] <gintime> | <status> | <godur> | <ip> | GET      "/api/v1/products/<int>"',
    '[GIN] <gintime> | <status> | <godur> | <ip> | DELETE   "/api/v1/products/<int>"',
    '{"time":"<rfc>","id":"<nanoid>","remote_ip":"<ip>","host":"<domain>","method":"POST","uri":"/v2/sessions","user_agent":"<ua>","status":<status>,"error":"","latency":<int>,"latency_human":"<godur>","bytes_in":<int>,"bytes_out":<int>}',
    // gRPC
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp <peer>: connect: connection refused"',
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp <peer>: i/o timeout"',
    "inventory.Reserve sku=<hex> qty=<small>: rpc error: code = DeadlineExceeded desc = context deadline exceeded",
    "inventory.Reserve sku=<hex> qty=<small>: rpc error: code = Canceled desc = context canceled",
    "inventory.Reserve sku=<hex> qty=<small>: rpc error: code = ResourceExhausted desc = grpc: received message larger than max (<int> vs. <int>)",
    'WARNING: <stdlog> [core] [Channel #<int> SubChannel #<int>] grpc: addrConn.createTransport failed to connect to {Addr: "<peer>", ServerName: "<domain>:<port>", }. Err: connection error: desc = "error reading server preface: EOF"',
    // sarama, kafka-go, franz
    "[sarama] <stdlog> client/metadata fetching metadata for [<topic>] from broker <domain>:<port>",
    "[sarama] <stdlog> consumer/broker/<small> added subscription to <topic>/<small>",
    "[sarama] <stdlog> consumer/broker/<small> closed dead subscription to <topic>/<small>",
    "[sarama] <stdlog> producer/broker/<small> state change to [retrying] on <topic>/<small> because kafka server: Tried to send a message to a replica that is not the leader for some partition. Your metadata is out of date",
    "[sarama] <stdlog> Connected to broker at <domain>:<port> (registered as #<small>)",
    "kafka: client has run out of available brokers to talk to: <small> errors occurred: [dial tcp <peer>: connect: connection refused]",
    "joined group <group> as member <member> in generation <int>",
    "left group <group> as member <member> in generation <int>, revoked partitions <goslice>",
    "committed offset <int> for topic <topic> partition <small> (lag <int>)",
    "consumer lag too high: group=<group> topic=<topic> partitions=<goslice> lag=<int> oldest=<godur>",
    // pgx, redis
    '{"level":"error","component":"pgx","sql":"SELECT id, email FROM users WHERE tenant_id = $1 AND id = ANY($2)","args":["<uuid>","<goslice>"],"time":"<godur>","pid":<pid>,"err":"ERROR: relation \\"<relation>\\" does not exist (SQLSTATE 42P01)","message":"Query"}',
    'create user <email>: ERROR: duplicate key value violates unique constraint "<constraint>" (SQLSTATE 23505)',
    "transfer <uuid>: ERROR: could not serialize access due to concurrent update (SQLSTATE 40001), retry <small>/<small>",
    "transfer <uuid>: ERROR: deadlock detected (SQLSTATE 40P01), retry <small>/<small>",
    "failed to connect to `host=<domain> user=<role> database=<relation>`: dial error (dial tcp <peer>: connect: connection refused)",
    "failed to connect to `host=<domain> user=<role> database=<relation>`: server error (FATAL: sorry, too many clients already (SQLSTATE 53300))",
    "pgxpool: acquired=<small> idle=<small> total=<int> max=<int> waited=<godur>",
    "redis: <stdlog> pubsub.go:168: redis: discarding bad PubSub connection: read tcp <peer>-><peer>: i/o timeout",
    "redis get <cachekey>: redis: connection pool timeout",
    "redis get <cachekey>: MOVED <int> <peer>",
    "redis get <cachekey>: LOADING Redis is loading the dataset in memory",
    // etcd, consul, nats, vault
    '{"level":"warn","ts":"<rfc>","caller":"etcdserver/util.go:170","msg":"apply request took too long","took":"<godur>","expected-duration":"100ms","prefix":"read-only range ","request":"key:\\"<etcdkey>\\" ","response":"range_response_count:<small> size:<int>"}',
    '{"level":"info","ts":"<rfc>","logger":"raft","caller":"etcdserver/zap_raft.go:77","msg":"<raft> became follower at term <int>"}',
    '{"level":"info","ts":"<rfc>","logger":"raft","caller":"etcdserver/zap_raft.go:77","msg":"<raft> became candidate at term <int>"}',
    '{"level":"warn","ts":"<rfc>","caller":"wal/wal.go:802","msg":"slow fdatasync","took":"<godur>","expected-duration":"1s"}',
    "<rfc> [WARN]  agent: Check is now critical: check=service:<svc>",
    "<rfc> [INFO]  agent: Synced service: service=<svc>",
    "<rfc> [INFO]  agent.server.memberlist.lan: memberlist: Suspect <node> has failed, no acks received",
    "<rfc> [WARN]  agent.server.memberlist.lan: memberlist: Was able to connect to <node> over TCP but UDP probes failed, network may be misconfigured",
    '<rfc> [ERROR] agent.http: Request error: method=GET url=/v1/kv/<svc>/config from=<peer> error="No cluster leader"',
    "[<pid>] <stdlog> [INF] <peer> - cid:<int> - Slow Consumer Detected: WriteDeadline of <godur> exceeded with <int> chunks of <int> total bytes.",
    "[<pid>] <stdlog> [INF] JetStream cluster new stream leader for 'ACC > <stream>'",
    "[<pid>] <stdlog> [WRN] JetStream cluster stream 'ACC > <stream>' has NO quorum, stalled",
    "nats: no responders available for request on <subject> after <godur>",
    "nats disconnected due to: EOF, will attempt reconnects for <godur>",
    // Prometheus and its like
    'ts=<rfc> caller=scrape.go:1384 level=debug component="scrape manager" scrape_pool=<svc> target=http://<peer>/metrics msg="Scrape failed" err="context deadline exceeded"',
    'ts=<rfc> caller=compact.go:519 level=info component=tsdb msg="write block" mint=<int> maxt=<int> ulid=<ulid> duration=<godur>',
    'ts=<rfc> caller=head.go:1293 level=info component=tsdb msg="WAL checkpoint complete" first=<int> last=<int> duration=<godur>',
    'ts=<rfc> caller=dedupe.go:112 component=remote level=warn remote_name=<hex> url=https://<domain>/api/v1/push msg="Failed to send batch, retrying" err="server returned HTTP status <status>"',
    'level=warn ts=<rfc> caller=ingester.go:402 org_id="<tenant>" msg="discarded out-of-order entries" streams=<int> entries=<int>',
    "E<klog>       <small> reflector.go:150] pkg/mod/k8s.io/client-go/tools/cache/reflector.go:229: Failed to watch *v1.ConfigMap: the server has asked for the client to provide credentials",
    "I<klog>       <small> leaderelection.go:260] successfully acquired lease <svc>/<svc>-leader",
    "E<klog>       <small> leaderelection.go:332] error retrieving resource lock <svc>/<svc>-leader: etcdserver: request timed out",
    // AWS SDK, OpenTelemetry
    "operation error S3: GetObject, https response error StatusCode: <status>, RequestID: <awsreq>, HostID: <awshost>, NoSuchKey: The specified key does not exist. bucket=<bucket> key=<s3key>",
    "operation error S3: GetObject, https response error StatusCode: <status>, RequestID: <awsreq>, HostID: <awshost>, api error AccessDenied: Access Denied bucket=<bucket> key=<s3key>",
    "operation error DynamoDB: PutItem, exceeded maximum number of attempts, <small>, https response error StatusCode: <status>, RequestID: <awsreq>, ProvisionedThroughputExceededException",
    "<stdlog> traces export: context deadline exceeded: rpc error: code = DeadlineExceeded desc = received context error while waiting for new LB policy update",
    // asynq, temporal, runtime
    "asynq: pid=<pid> <stdlog> WARN: Retry exhausted for task id=<uuid>",
    "asynq: pid=<pid> <stdlog> ERROR: Failed to process task <task> id=<uuid>: asynq: task lease expired",
    "<stdlog> INFO  Started Worker Namespace <svc> TaskQueue <group> WorkerID <pid>@<pod>@",
    "<stdlog> ERROR Activity error. Namespace <svc> TaskQueue <group> WorkerID <pid>@<pod>@ WorkflowID <uuid> RunID <uuid> ActivityType SendReceipt Attempt <small> Error heartbeat timeout",
    "panic: runtime error: index out of range [<int>] with length <int>\n\ngoroutine <goroutine> [running]:\nmain.(*Importer).row(<addr>, {<addr>, <addr>, <addr>})\n\t/app/importer.go:<line> +<addr>",
    "panic: runtime error: slice bounds out of range [:<int>] with capacity <int>\n\ngoroutine <goroutine> [running]:\nmain.header({<addr>, <addr>, <addr>})\n\t/app/frame.go:<line> +<addr>",
    "fatal error: concurrent map writes\n\ngoroutine <goroutine> [running]:\nmain.(*Registry).Put(<addr>, {<addr>, <addr>})\n\t/app/registry.go:<line> +<addr>",
    "runtime: goroutine stack exceeds <int>-byte limit",
    "json: cannot unmarshal string into Go struct field CreateOrderRequest.<gofield> of type int64",
    "json: cannot unmarshal number into Go struct field CreateOrderRequest.<gofield> of type string",
    'row <int> of <file>: strconv.ParseFloat: parsing "<raw>": invalid syntax',
    'row <int> of <file>: strconv.ParseFloat: parsing "<raw>": value out of range',
    // The application itself
    [
      "<stdlog> received signal <signal>, shutting down",
      "<stdlog> received signal <signal>, shutting down, draining <int> connections (timeout <godur>)",
    ],
    "<stdlog> graceful shutdown timed out after <godur>, <int> requests still in flight",
    "<stdlog> loaded config from <file> (<int> keys, build <semver>)",
    "<stdlog> reloaded config from <file>, changed sections: <names>",
    "circuit breaker <breaker>: closed -> open (failures <int>/<int> in <godur>)",
    "circuit breaker <breaker>: half-open -> closed",
    "circuit breaker <breaker>: half-open -> open",
    "assigned shards <goslice> to <pod> (epoch <int>)",
    "released shards <goslice> from <pod> (epoch <int>)",
    "enqueue job &<gostruct>: queue is full (len=<int> cap=<int>)",
    "heartbeat from agent <uuid> on <node> missed <small> times, marking it dead",
    "heap <bytes> of <bytes>, <goroutine> goroutines, last GC pause <godur>",
    "open <file>: no such file or directory",
    "open <file>: permission denied",
    "rename <file> <file>: invalid cross-device link",
    "token for tenant <tenant> expires in <godur>, renewing",
    "token for tenant <tenant> expired <godur> ago, rejecting",
  ],
};
