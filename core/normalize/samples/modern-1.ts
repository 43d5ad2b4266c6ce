/**
 * Messages as modern programs write them, for the tests: each row holds lines of one log statement, and no two rows
 * hold the same statement. Written by hand, with the shapes of values that such programs log.
 */
export const MODERN_1: Readonly<Record<string, readonly (readonly string[])[]>> = {
  node: [
    [
      "GET /api/users/12 200 12.345 ms - 512",
      "GET /api/users/8 404 8.1 ms - 42",
      "GET /api/users/77?page=2 200 0.9 ms - 1",
    ],
    ["Server listening on port 3000", "Server listening on port 8080"],
    ["Error: connect ECONNREFUSED 127.0.0.1:5432", "Error: connect ECONNREFUSED 10.2.0.14:5432"],
    ["Error: connect ETIMEDOUT 10.2.0.14:443", "Error: connect ETIMEDOUT 52.12.9.1:443"],
    ["getaddrinfo ENOTFOUND db.internal.example.com", "getaddrinfo ENOTFOUND redis-master.prod.svc.cluster.local"],
    [
      "User 64b7f0c2a1d4e8b9c0d1e2f3 logged in from 203.0.113.9",
      "User 5f0c9a7be4b0d21c3a9f8e77 logged in from 2001:db8::1",
    ],
    ["Job send-welcome-email#8812 completed in 231ms", "Job resize-image#17 completed in 1.2s"],
    [
      "Unhandled rejection in worker 3: TypeError: x is not a function",
      "Unhandled rejection in worker 11: TypeError: x is not a function",
    ],
    ["Cache miss for key user:1234:profile", "Cache miss for key session:9f8e7d6c:data", "Cache miss for key cart:abc"],
    [
      "Webhook evt_1NqYx2LkdIwHu7ixFG3x delivered to https://example.com/hooks (200)",
      "Webhook evt_3MmlLrLkdIwHu7ix0snN delivered to https://api.shop.io/cb?x=1 (204)",
    ],
    ["Redis reconnecting in 200ms, attempt 3", "Redis reconnecting in 1600ms, attempt 12"],
    [
      "Rate limit exceeded for ip 198.51.100.7: 101 requests in 60s",
      "Rate limit exceeded for ip 198.51.100.201: 5021 requests in 60s",
    ],
    [
      "Uploaded avatar.png (34.2 KB) to s3://media-prod/u/12/avatar.png",
      "Uploaded scan-2024.pdf (1.9 MB) to s3://media-prod/u/99/scan-2024.pdf",
    ],
    [
      'Validation failed: ["email","name"]',
      'Validation failed: ["email"]',
      'Validation failed: ["phone","zip","city"]',
    ],
    ["socket hang up (attempt 1/5)", "socket hang up (attempt 4/5)"],
    ['Request body: {"user":"bob","items":[1,2]}', 'Request body: {"user":"al","items":[],"note":"x"}'],
  ],
  spring: [
    [
      "Started OrderServiceApplication in 4.521 seconds (process running for 5.1)",
      "Started OrderServiceApplication in 12.9 seconds (process running for 13.77)",
    ],
    [
      "HikariPool-1 - Connection is not available, request timed out after 30000ms.",
      "HikariPool-2 - Connection is not available, request timed out after 30001ms.",
    ],
    [
      "Tomcat started on port 8080 (http) with context path ''",
      "Tomcat started on port 9090 (http) with context path '/api'",
    ],
    [
      "Error creating bean with name 'orderController' defined in file [/app/classes/OrderController.class]",
      "Error creating bean with name 'userRepo' defined in file [/app/classes/repo/UserRepo.class]",
    ],
    ["Completed 500 INTERNAL_SERVER_ERROR in 231 ms", "Completed 500 INTERNAL_SERVER_ERROR in 2 ms"],
    [
      "[Consumer clientId=orders-1, groupId=orders] Resetting offset for partition orders.created-3 to position 12312",
      "[Consumer clientId=billing-2, groupId=billing] Resetting offset for partition invoices-11 to position 0",
    ],
    [
      "Could not resolve view with name 'orders/list' in servlet with name 'dispatcherServlet'",
      "Could not resolve view with name 'home' in servlet with name 'dispatcherServlet'",
    ],
    [
      "Resolved [org.springframework.web.bind.MethodArgumentNotValidException: Validation failed for argument [0]]",
      "Resolved [org.springframework.web.bind.MethodArgumentNotValidException: Validation failed for argument [2]]",
    ],
    [
      "Order 1f9c2b44-8d0e-4c57-9a2b-0c6d1e2f3a4b transitioned from CREATED to PAID",
      "Order 7b1d1c32-1c8e-4a3a-8f63-2f1f0b1a9d11 transitioned from CREATED to PAID",
    ],
    ["Order 1f9c2b44-8d0e-4c57-9a2b-0c6d1e2f3a4b transitioned from PAID to SHIPPED"],
    [
      "Executing SQL query [SELECT * FROM users WHERE id = 42]",
      "Executing SQL query [SELECT * FROM users WHERE id = 7]",
    ],
    [
      "Lock wait timeout exceeded; try restarting transaction (SQLState: 40001)",
      "Lock wait timeout exceeded; try restarting transaction (SQLState: 40001)",
    ],
    [
      "Circuit breaker 'inventory' changed state from CLOSED to OPEN",
      "Circuit breaker 'payment-gw' changed state from CLOSED to OPEN",
    ],
    [
      "Discovered 3 instances of service inventory-service",
      "Discovered 0 instances of service mailer",
      "Discovered 12 instances of service cart",
    ],
    ["Scheduled task refreshRates took 120 ms", "Scheduled task purgeTokens took 5021 ms"],
  ],
  python: [
    ["Not Found: /accounts/12/", "Not Found: /favicon.ico", "Not Found: /wp-login.php"],
    [
      "Task orders.tasks.send_receipt[7d1b6a0e-1111-4222-8333-444455556666] succeeded in 0.0213s: None",
      "Task users.tasks.sync[0e1b6a0e-1111-4222-8333-444455556666] succeeded in 12.5s: {'ok': True}",
    ],
    [
      "Worker (pid:1234) was sent SIGKILL! Perhaps out of memory?",
      "Worker (pid:88) was sent SIGKILL! Perhaps out of memory?",
    ],
    ["Booting worker with pid: 1234", "Booting worker with pid: 9"],
    ["User alice@example.com failed login (attempt 3)", "User bob.smith+x@corp.co.uk failed login (attempt 11)"],
    [
      "HTTPSConnectionPool(host='api.example.com', port=443): Max retries exceeded with url: /v1/items?page=2",
      "HTTPSConnectionPool(host='auth.internal', port=8443): Max retries exceeded with url: /token",
    ],
    ["Dropping 3 expired sessions: ['a1', 'b2', 'c3']", "Dropping 1 expired sessions: ['zz']"],
    [
      'psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "users_email_key"',
      'psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "orders_pkey"',
    ],
    ["Model resnet50 loaded in 3.21s on cuda:0", "Model bert-base loaded in 12.9s on cuda:1"],
    ["Epoch 3/50 loss=0.1231 acc=0.92", "Epoch 12/50 loss=0.0331 acc=0.97"],
    ["Retrying in 4.0 seconds (2 of 5)", "Retrying in 16.0 seconds (4 of 5)"],
    ["Migrating tenant acme to schema v12", "Migrating tenant globex_eu to schema v13"],
    [
      "Celery beat: Sending due task cleanup-every-hour (maintenance.cleanup)",
      "Celery beat: Sending due task sync-2 (crm.sync)",
    ],
    ["cache.get took 0.52 ms hit=True", "cache.get took 1.8 ms hit=False"],
    ["Processed batch of 500 rows in 0:00:12.345678", "Processed batch of 12 rows in 0:01:02"],
  ],
  go: [
    ["http: TLS handshake error from 10.0.0.7:51234: EOF", "http: TLS handshake error from 192.168.1.9:40000: EOF"],
    [
      "dial tcp 10.96.0.1:443: i/o timeout",
      "dial tcp 10.96.12.7:8443: i/o timeout",
      "dial tcp redis-0:6379: i/o timeout",
    ],
    [
      "dial tcp 10.96.0.1:443: connect: connection refused",
      "dial tcp: lookup redis on 10.96.0.10:53: no such host",
    ].slice(0, 1),
    [
      'level=info msg="request handled" method=GET path=/healthz status=200 duration=1.2ms',
      'level=info msg="request handled" method=POST path=/v1/orders status=500 duration=2.1s',
    ],
    [
      'level=error msg="failed to fetch user 12" err="context deadline exceeded"',
      'level=error msg="failed to fetch user 991" err="context deadline exceeded"',
    ],
    [
      '{"level":"warn","ts":1714567890.123,"caller":"etcd/raft.go:12","msg":"slow fdatasync","took":"1.2s"}',
      '{"level":"warn","ts":1714567999.5,"caller":"etcd/raft.go:14","msg":"slow fdatasync","took":"3s"}',
    ],
    [
      "context deadline exceeded while calling orders.v1.OrderService/Get after 5s",
      "context deadline exceeded while calling users.v1.UserService/List after 2.5s",
    ].slice(0, 1),
    [
      "rpc error: code = Unavailable desc = connection closed",
      "rpc error: code = Unavailable desc = connection closed",
    ].slice(0, 1),
    ["goroutine leak: 1023 goroutines, limit 1000", "goroutine leak: 2000 goroutines, limit 1000"],
    ["compacted block 01HXYZ8K2M3N4P5Q6R7S8T9V0W in 1m3.2s", "compacted block 01J0ABCDEF1234567890ABCDEF in 850ms"],
    ["leader election lost by node-2 (term 17)", "leader election lost by kafka-broker-0 (term 3)"],
    ["Serving HTTP on [::]:8080", "Serving HTTP on 0.0.0.0:9090", "Serving HTTP on localhost:3000"],
    ["skipping 12 of 40 shards: [1 2 3]", "skipping 2 of 40 shards: [17 39]"],
    ["replayed WAL segment 00000012 (3.4 MiB)", "replayed WAL segment 00000a1f (12 KiB)"],
    ["config reloaded from /etc/app/config.yaml in 3.1ms", "config reloaded from ./config.dev.yaml in 12ms"],
  ],
  kubernetes: [
    [
      "Successfully assigned default/checkout-7d9f8b6c5d-x2x4k to ip-10-0-1-23.ec2.internal",
      "Successfully assigned payments/api-5c4d-bcdfg to node-3",
    ],
    [
      "Back-off restarting failed container api in pod checkout-7d9f8b6c5d-x2x4k_default(1f9c2b44-8d0e-4c57-9a2b-0c6d1e2f3a4b)",
      "Back-off restarting failed container worker in pod mailer-6b7c9d8f4-qwxzv_prod(7b1d1c32-1c8e-4a3a-8f63-2f1f0b1a9d11)",
    ],
    ['Pulling image "registry.example.com/shop/api:1.4.2"', 'Pulling image "nginx:alpine"'],
    [
      "Readiness probe failed: HTTP probe failed with statuscode: 503",
      "Readiness probe failed: HTTP probe failed with statuscode: 500",
    ],
    [
      'Liveness probe failed: Get "http://10.1.2.3:8080/healthz": context deadline exceeded',
      'Liveness probe failed: Get "http://10.1.9.9:80/live": context deadline exceeded',
    ],
    [
      '"Failed to sync pod" pod="default/web-0" err="timeout"',
      '"Failed to sync pod" pod="kube-system/dns-abcde" err="timeout"',
    ],
    [
      "I0502 12:00:01.123456       1 controller.go:123] Syncing deployment default/web",
      "I0503 23:10:41.000001       7 controller.go:123] Syncing deployment kube-system/coredns",
    ],
    ["Scaled up replica set checkout-7d9f8b6c5d to 3", "Scaled up replica set mailer-6b7c9d8f4 to 10"],
    ["Scaled down replica set checkout-7d9f8b6c5d to 0", "Scaled down replica set web-54f to 1"],
    [
      "0/5 nodes are available: 3 Insufficient cpu, 2 Insufficient memory.",
      "0/12 nodes are available: 10 Insufficient cpu, 2 Insufficient memory.",
    ],
    [
      "Container api exceeded memory limit 512Mi, usage 530Mi",
      "Container sidecar exceeded memory limit 1Gi, usage 1100Mi",
    ],
    [
      "Node ip-10-0-1-23.ec2.internal status is now: NodeNotReady",
      "Node gke-prod-pool-1-abcd status is now: NodeNotReady",
    ],
    [
      'MountVolume.SetUp failed for volume "config" : configmap "app-config" not found',
      'MountVolume.SetUp failed for volume "kube-api-access-x7k2p" : configmap "kube-root-ca.crt" not found',
    ],
    [
      "Evicting pod default/web-7d9f8b6c5d-x2x4k due to memory pressure",
      "Evicting pod batch/job-28411-bcdfz due to memory pressure",
    ],
    ["Deleting orphaned PVC data-postgres-0", "Deleting orphaned PVC data-kafka-12"],
  ],
  edge: [
    [
      '10.0.0.1 - - [10/Oct/2024:13:55:36 +0000] "GET /index.html HTTP/1.1" 200 2326 "-" "curl/8.0"',
      '10.0.0.9 - bob [10/Oct/2024:13:55:39 +0000] "POST /login HTTP/1.1" 302 - "https://x.com/" "Mozilla/5.0 (X11; Linux)"',
    ],
    [
      '[2024-05-01T12:00:00.123Z] "GET /api HTTP/2" 200 - 0 1234 15 14 "10.1.1.1" "Go-http-client/2.0" "1f9c2b44-8d0e-4c57-9a2b-0c6d1e2f3a4b" "api.example.com" "10.2.3.4:8080"',
      '[2024-05-01T12:00:02.000Z] "POST /x/y HTTP/1.1" 503 UF 12 91 3 - "-" "-" "7b1d1c32-1c8e-4a3a-8f63-2f1f0b1a9d11" "b" "-"',
    ],
    [
      '2024/05/01 12:00:00 [error] 31#31: *5821 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: example.com, request: "GET /api HTTP/1.1", upstream: "http://10.1.1.1:80/api", host: "example.com"',
      '2024/05/02 12:00:00 [error] 7#7: *12 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.2, server: _, request: "POST / HTTP/2.0", upstream: "http://10.1.1.2:80/", host: "www.example.com"',
    ],
    [
      '2024/05/01 12:00:00 [error] 31#31: *5821 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.1, server: example.com, request: "GET /api HTTP/1.1"',
      '2024/05/01 12:00:09 [error] 31#31: *9 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.3, server: a.example.com, request: "PUT /b HTTP/1.1"',
    ],
    ["Certificate for www.example.com expires in 12 days", "Certificate for api.shop.io expires in 1 day"],
    ["health check for backend web-1 failed: status 502", "health check for backend api-eu-2 failed: status 504"],
    [
      "Blocked request from 203.0.113.77 (country=CN, rule=942100)",
      "Blocked request from 198.51.100.1 (country=BR, rule=913100)",
    ],
    [
      "TLS handshake failed with 203.0.113.77:51022: tls: unknown certificate",
      "TLS handshake failed with 10.1.1.1:1: tls: unknown certificate",
    ],
    ["cache purge of 12 objects under /static/* took 3ms", "cache purge of 9031 objects under /img/* took 1.3s"],
    [
      "GET https://api.example.com/v1/items/12 => 200 OK (34ms)",
      "POST https://api.example.com/v1/orders => 503 Service Unavailable (2.1s)",
    ],
  ],
  database: [
    [
      "duration: 1234.567 ms  statement: SELECT id, name FROM orders WHERE user_id = 42 AND status = 'open' LIMIT 10",
      "duration: 93.1 ms  statement: SELECT id, name FROM orders WHERE user_id = 7 AND status = 'paid' LIMIT 50",
    ],
    [
      'ERROR:  duplicate key value violates unique constraint "orders_pkey"',
      'ERROR:  duplicate key value violates unique constraint "users_email_key"',
    ],
    [
      'ERROR:  relation "order_items" does not exist at character 15',
      'ERROR:  relation "users2" does not exist at character 22',
    ],
    [
      'FATAL:  password authentication failed for user "app"',
      'FATAL:  password authentication failed for user "postgres"',
    ],
    [
      "checkpoint complete: wrote 1234 buffers (7.5%); 0 WAL file(s) added, 1 removed",
      "checkpoint complete: wrote 9 buffers (0.1%); 2 WAL file(s) added, 0 removed",
    ],
    [
      'automatic vacuum of table "shop.public.orders": index scans: 1',
      'automatic vacuum of table "shop.public.users": index scans: 0',
    ],
    ["connection received: host=10.0.0.1 port=51234", "connection received: host=[local] port=1"],
    ["Deadlock found when trying to get lock; try restarting transaction"],
    [
      "Slow query (2.31s): UPDATE carts SET total = 12.50 WHERE id = 'c_81ab'",
      "Slow query (10.02s): UPDATE carts SET total = 9 WHERE id = 'c_zz91'",
    ],
    ["Replica lag for db-replica-2 is 12.5s", "Replica lag for db-replica-11 is 900ms"],
    [
      "Index build: inserted 123456 keys from external sorter into index in 12 seconds",
      "Index build: inserted 9 keys from external sorter into index in 0 seconds",
    ],
    [
      "Connection accepted from 10.0.0.5:40012 #1231 (12 connections now open)",
      "Connection accepted from 10.0.0.6:9 #7 (101 connections now open)",
    ],
    ["[1234] 5 changes in 300 seconds. Saving...", "[9] 100 changes in 60 seconds. Saving..."],
    [
      "Compacted 4 sstables to [/data/ks/tbl-3f2a/mc-12-big,]. 1.234MiB to 0.9MiB in 812ms",
      "Compacted 2 sstables to [/data/ks/usr-99aa/mc-7-big,]. 12MiB to 11.1MiB in 3,812ms",
    ],
    ["INSERT INTO events (id, kind) VALUES (1, 'a'), (2, 'b')", "INSERT INTO events (id, kind) VALUES (7, 'zz')"],
    [
      "SELECT * FROM users WHERE id IN (1, 2, 3)",
      "SELECT * FROM users WHERE id IN (7)",
      "SELECT * FROM users WHERE id IN ('a','b')",
    ],
  ],
  cloud: [
    [
      "AccessDenied: User: arn:aws:iam::123456789012:user/bob is not authorized to perform: s3:GetObject",
      "AccessDenied: User: arn:aws:sts::999999999999:assumed-role/app/i-0abc is not authorized to perform: s3:GetObject",
    ],
    [
      "REPORT RequestId: 1f9c2b44-8d0e-4c57-9a2b-0c6d1e2f3a4b\tDuration: 12.3 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB",
      "REPORT RequestId: 7b1d1c32-1c8e-4a3a-8f63-2f1f0b1a9d11\tDuration: 1.3 ms\tBilled Duration: 2 ms\tMemory Size: 512 MB\tMax Memory Used: 370 MB",
    ],
    [
      "Instance i-0abcd1234ef567890 entered state running in us-east-1a",
      "Instance i-0ffff234ef567890a entered state running in eu-west-2b",
    ],
    [
      "NoSuchKey: The specified key does not exist. key=uploads/12/a.png",
      "NoSuchKey: The specified key does not exist. key=x",
    ],
    [
      "Throttled by DynamoDB table orders-prod, retry 3 in 400ms",
      "Throttled by DynamoDB table sessions, retry 1 in 100ms",
    ],
    [
      "Message 5fea7756-0ea4-451a-a703-a558b933e274 moved to DLQ after 5 receives",
      "Message 0a1b7756-0ea4-451a-a703-a558b933e274 moved to DLQ after 3 receives",
    ],
    ["Published message 123456789 to topic orders", "Published message 99 to topic user-events"],
    ["Object gs://bucket-a/x/y.csv uploaded (12.5 MiB)", "Object gs://logs-eu/2024/05/01.gz uploaded (900 KiB)"],
    [
      "Operation operation-1714567890123-617a3f-abc-def timed out",
      "Operation operation-1714599990123-5f7a3f-a1c-d2f timed out",
    ],
    ["Secret db-password rotated, new version 7", "Secret stripe_key rotated, new version 12"],
    [
      "Signed URL for user 81 expires at 2024-05-01T12:00:00Z",
      "Signed URL for user 9912 expires at 2024-06-11T00:10:00Z",
    ],
    [
      "Assumed role arn:aws:iam::123456789012:role/deploy for 3600s",
      "Assumed role arn:aws:iam::999999999999:role/ci-runner for 900s",
    ],
  ],
  business: [
    [
      "Payment of $12.50 for order ORD-48213 declined: insufficient funds",
      "Payment of $1,299.00 for order ORD-1 declined: insufficient funds",
    ],
    [
      "Payment of $12.50 for order ORD-48213 declined: card expired",
      "Payment of $99 for order ORD-77 declined: card expired",
    ],
    [
      "Charged 12.50 EUR to card ****4242 (ch_3NqYx2LkdIwHu7ix0)",
      "Charged 900.00 USD to card ****1881 (ch_1AbCdEfGhIjKlMnO2)",
    ],
    [
      "Customer cus_Nffrs3dsX81 upgraded from plan basic to plan pro",
      "Customer cus_9s6XKzkNRiz8i3 upgraded from plan pro to plan enterprise",
    ],
    ["Invoice INV-2024-0012 sent to alice@example.com", "Invoice INV-2025-1 sent to accounts@corp.example"],
    ["Stock for SKU AB-1234-XL is low: 3 left", "Stock for SKU ZX9 is low: 12 left"],
    ["Cart 8f7d expired after 30m with 3 items", "Cart 12ab90 expired after 24h with 1 items"],
    ["Coupon SUMMER24 applied by user alice", "Coupon WELCOME applied by user 8812"],
    ["Shipment 1Z999AA10123456784 delayed by 2 days", "Shipment JD0146000034 delayed by 1 day"],
    ["Tenant acme-corp exceeded quota: 1200/1000 requests", "Tenant globex exceeded quota: 501/500 requests"],
    ["Exported 120 rows for report monthly-revenue", "Exported 0 rows for report churn"],
    ["Feature flag new-checkout enabled for 12.5% of users", "Feature flag dark_mode enabled for 100% of users"],
    ["Refund re_3Nq of 45.00 GBP issued by agent carol", "Refund re_9XkPq7 of 5.00 EUR issued by agent dave"],
    ['Search for "red shoes" returned 120 results in 34ms', 'Search for "x" returned 0 results in 2ms'],
    ["User bob changed role from viewer to admin", "User alice changed role from editor to owner"],
  ],
  ci: [
    ["Build #1234 of main failed after 3m12s", "Build #7 of feature/login-form failed after 12s"],
    ["Step 3/12 : RUN npm ci", "Step 4/9 : RUN npm ci"],
    [
      "Deployed commit 3f2a9c1 to production",
      "Deployed commit 1234567 to staging",
      "Deployed commit 00c0ffe to production",
    ],
    ["Runner runner-a1b2c3 picked up job 88213", "Runner gha-linux-4 picked up job 1"],
    ["Test suite checkout.spec.ts passed (12 tests, 3.4s)", "Test suite user.spec.ts passed (1 tests, 120ms)"],
    [
      "Accepted publickey for deploy from 10.0.0.1 port 51234 ssh2: RSA SHA256:AbCdEf123",
      "Accepted publickey for git from 10.0.0.2 port 41234 ssh2: RSA SHA256:zz91+/x",
    ],
    [
      "pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)",
      "pam_unix(sudo:session): session opened for user root(uid=0) by bob(uid=1001)",
    ],
    ["Token for client web-app issued (scopes: openid profile)", "Token for client cli issued (scopes: openid)"].slice(
      0,
      1,
    ),
    [
      "status=sent (250 2.0.0 OK 1714567890 x12-abc), to=<bob@example.com>, delay=1.2",
      "status=sent (250 2.0.0 OK 1714999999 q9-zzz), to=<al@corp.example>, delay=0.3",
    ],
    [
      "NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 Service unavailable; from=<a@b.c>",
      "NOQUEUE: reject: RCPT from mail.example.com[198.51.100.1]: 554 5.7.1 Service unavailable; from=<x@y.zz>",
    ],
    [
      "Login failed for user 'sa'. Reason: bad password. [CLIENT: 10.0.0.1]",
      "Login failed for user 'bob'. Reason: bad password. [CLIENT: 10.9.0.1]",
    ],
    ["MFA challenge sent to +1-555-0100 for alice", "MFA challenge sent to +44 20 7946 0958 for bob"].slice(0, 1),
    [
      "npm WARN deprecated request@2.88.2: request has been deprecated",
      "npm WARN deprecated har-validator@5.1.5: this library is no longer supported",
    ].slice(0, 1),
    [
      "Artifact dist-3f2a9c1.tar.gz uploaded, sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "Artifact app-1.2.3.zip uploaded, sha256:0000d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
  ],
};
