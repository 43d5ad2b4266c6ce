/** A second sample of the same kind, written when the rules for the first were done. */
export const MODERN_2: Readonly<Record<string, readonly (readonly string[])[]>> = {
  node2: [
    [
      "[api-gateway] POST /v2/checkout -> 502 (upstream cart-svc-6f7 took 3021ms)",
      "[api-gateway] POST /v2/checkout -> 504 (upstream items-svc-1a9 took 30s)",
    ],
    [
      "Prisma error P2002 on model User: unique constraint failed on fields (email)",
      "Prisma error P2002 on model Order: unique constraint failed on fields (id, sku)",
    ],
    ["Socket k3jH9_dFAAAB disconnected: transport close", "Socket Zx81mQpLAAAc disconnected: transport close"],
    ["Socket k3jH9_dFAAAB disconnected: ping timeout", "Socket QQ81mQpLAAAc disconnected: ping timeout"],
    [
      "Queue emails has 120 waiting, 3 active, 0 failed jobs",
      "Queue video-transcode has 7 waiting, 1 active, 12 failed jobs",
    ],
    ["Loaded 42 routes from ./dist/routes in 12ms", "Loaded 7 routes from ./build/api/routes in 3ms"],
    [
      'MongoServerError: E11000 duplicate key error collection: shop.users index: email_1 dup key: { email: "a@b.co" }',
      'MongoServerError: E11000 duplicate key error collection: shop.orders index: ref_1 dup key: { ref: "X-12" }',
    ],
    [
      "Retrying request to https://api.stripe.example/v1/charges (attempt 2) after ECONNRESET",
      "Retrying request to https://hooks.example.org/in (attempt 5) after ECONNRESET",
    ],
    ["Session s:9fK2_xA.Q1b expired for user carol", "Session s:aa0-71.Zz9 expired for user 771"],
    ["Memory usage: rss=123.4MB heapUsed=80.1MB external=2MB", "Memory usage: rss=1.2GB heapUsed=900MB external=11MB"],
    ["Parsed 12 files (3 errors, 0 warnings) in 1.2s", "Parsed 900 files (0 errors, 17 warnings) in 33.9s"],
    [
      "Subscription sub_1Mx for customer cus_9a renewed until 2025-01-01",
      "Subscription sub_ZZ9q1 for customer cus_Qk11 renewed until 2026-11-30",
    ],
  ],
  spring2: [
    ["Fetching config from server at : http://config:8888", "Fetching config from server at : http://10.0.0.4:8888"],
    [
      "Kafka consumer group billing lag is 1203 on topic invoices partition 3",
      "Kafka consumer group audit-log lag is 0 on topic user.events partition 11",
    ],
    [
      "Failed to send message to queue 'orders.dlq': timeout after 5000 ms",
      "Failed to send message to queue 'mail': timeout after 300 ms",
    ],
    [
      "Hibernate: select o1_0.id from orders o1_0 where o1_0.customer_id=?",
      "Hibernate: select o1_0.id from orders o1_0 where o1_0.customer_id=?",
    ],
    ["Authenticated user jdoe with roles [ROLE_ADMIN, ROLE_USER]", "Authenticated user mary with roles [ROLE_USER]"],
    [
      "Access denied for user jdoe on resource /admin/users",
      "Access denied for user svc-ci on resource /api/v1/keys/12",
    ],
    [
      "Job nightly-report finished with status COMPLETED in 3m 12s",
      "Job import_customers finished with status COMPLETED in 45s",
    ],
    ["Job nightly-report finished with status FAILED in 3m 12s", "Job sync-7 finished with status FAILED in 1h 2m"],
    ["Thread http-nio-8080-exec-3 blocked for 12012 ms", "Thread scheduling-1 blocked for 5000 ms"],
    [
      "GC pause (G1 Evacuation Pause) 123M->45M(512M) 12.345ms",
      "GC pause (G1 Evacuation Pause) 1023M->450M(2048M) 102.9ms",
    ],
    ["Evicted 120 entries from cache productCache", "Evicted 3 entries from cache user-sessions"],
    ["No qualifying bean of type 'com.acme.Repo' available", "No qualifying bean of type 'com.acme.Repo' available"],
  ],
  python2: [
    ["Connected to broker amqp://guest:**@rabbit:5672//", "Connected to broker redis://10.0.0.1:6379/0"],
    ["Applying migration orders.0012_add_index... OK", "Applying migration users.0003_auto_20240101_1200... OK"],
    [
      "Invalid HTTP_HOST header: 'evil.example'. You may need to add 'evil.example' to ALLOWED_HOSTS.",
      "Invalid HTTP_HOST header: '10.0.0.1:80'. You may need to add '10.0.0.1' to ALLOWED_HOSTS.",
    ],
    [
      '127.0.0.1:51234 - "GET /items/5 HTTP/1.1" 200 OK',
      '10.1.2.3:80 - "POST /items HTTP/1.1" 422 Unprocessable Entity',
    ],
    [
      "DAG etl_daily run scheduled__2024-05-01T00:00:00+00:00 marked success",
      "DAG ingest run manual__2024-05-02T11:10:00+00:00 marked success",
    ],
    ["Task extract_orders attempt 2 failed with exit code 137", "Task load attempt 1 failed with exit code 1"],
    ["Read 12,345 rows from warehouse.sales (3 partitions)", "Read 7 rows from raw.events_2024 (120 partitions)"],
    [
      "Downloading model weights: 45%|####      | 450/1000 [00:12<00:15, 36.1it/s]",
      "Downloading model weights: 7%|#      | 70/1000 [00:01<00:15, 31.0it/s]",
    ],
    [
      "Token validation failed: Signature has expired (kid=abc123)",
      "Token validation failed: Signature has expired (kid=Zz_9-Q)",
    ],
    ["Feature store returned None for entity user_id=12", "Feature store returned None for entity sku=AB-1"],
    [
      "OperationalError: (2006, 'MySQL server has gone away')",
      "OperationalError: (2006, 'MySQL server has gone away')",
    ],
    [
      "Skipping file /data/in/a.csv: 3 malformed lines [12, 44, 91]",
      "Skipping file /data/in/b-2.csv: 1 malformed lines [7]",
    ],
  ],
  go2: [
    ["raft: node 3 became leader at term 12", "raft: node 1 became leader at term 3"],
    ["raft: node 3 became follower at term 12", "raft: node 1 became follower at term 3"],
    ["peer 12D3KooWabc disconnected after 3m2s", "peer 12D3KooWQz9 disconnected after 120ms"],
    [
      "failed to reconcile Deployment shop/cart: the object has been modified",
      "failed to reconcile Deployment infra/ingress-nginx: the object has been modified",
    ],
    [
      "failed to acquire lock orders/123: already held by worker-7",
      "failed to acquire lock carts/abc: already held by api-0",
    ],
    [
      "published event OrderCreated id=ev_12 to nats://nats:4222",
      "published event UserDeleted id=ev_zz to nats://10.0.0.1:4222",
    ],
    [
      "rpc error: code = DeadlineExceeded desc = context deadline exceeded (method=/orders.v1.Orders/Get)",
      "rpc error: code = DeadlineExceeded desc = context deadline exceeded (method=/users.v1.Users/List)",
    ],
    [
      "panic recovered in handler GetOrder: runtime error: index out of range [5] with length 3",
      "panic recovered in handler ListUsers: runtime error: index out of range [0] with length 0",
    ],
    [
      'time=2024-05-01T12:00:00Z level=WARN msg="disk usage high" mount=/var used=91%',
      'time=2024-05-02T12:00:00Z level=WARN msg="disk usage high" mount=/ used=97.2%',
    ],
    [
      "scrape failed for target http://10.0.0.1:9100/metrics: server returned HTTP status 503 Service Unavailable",
      "scrape failed for target http://node-7:9100/metrics: server returned HTTP status 500 Internal Server Error",
    ],
    ["snapshot 12-1714567890 saved (45 MB, 12.1s)", "snapshot 9-1714999999 saved (1.2 GB, 1m12s)"],
    [
      "watch channel for key /config/app closed, revision 1203",
      "watch channel for key /locks/7 closed, revision 99120",
    ],
  ],
  misc2: [
    ["Order 10023 shipped to Berlin, DE via DHL", "Order 7 shipped to Paris, FR via UPS"],
    ["Balance for account 4401-22 is 1,204.55 EUR", "Balance for account 9911-07 is -3.20 USD"],
    [
      "Email to bob@example.com bounced: 550 5.1.1 mailbox unavailable",
      "Email to al+x@corp.io bounced: 550 5.1.1 mailbox unavailable",
    ],
    [
      "Inventory sync for warehouse EU-1 completed: 120 updated, 3 skipped",
      "Inventory sync for warehouse berlin completed: 0 updated, 0 skipped",
    ],
    ["Pipeline #8812 for branch fix/cart-123 succeeded in 4m 2s", "Pipeline #12 for branch main succeeded in 58s"],
    [
      "Pushed image registry.io/shop/api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "Pushed image ghcr.io/acme/web:1.2.3",
    ],
    [
      "sshd: Disconnected from authenticating user root 10.0.0.1 port 51234 [preauth]",
      "sshd: Disconnected from authenticating user admin 10.9.8.7 port 22 [preauth]",
    ],
    ["host db-1 load average: 1.20, 0.98, 0.75", "host web-eu-3 load average: 12.1, 9.87, 7"],
    ["disk /dev/sda1 is 91% full (45 GB free)", "disk /dev/nvme0n1p2 is 99% full (512 MB free)"],
    ["User 12 (alice) deleted project 'apollo'", "User 991 (bob) deleted project 'zeus-2'"],
    [
      "Alert HighLatency firing for service checkout (p99=2.3s)",
      "Alert HighLatency firing for service cart-api (p99=900ms)",
    ],
    ["Alert DiskFull resolved after 12m", "Alert HighLatency resolved after 3h"],
    ["Price of item 12 changed from 9.99 to 12.49", "Price of item A-7 changed from 1 to 2"],
    [
      "Transaction 0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b reverted",
      "Transaction 0xaa86d081884c7d659a2feaa0c55ad015a3bf4f1b reverted",
    ],
    [
      '{"time":"2024-05-01T12:00:00Z","level":"error","message":"charge failed for order 12","amount":12.5,"currency":"EUR"}',
      '{"time":"2024-05-02T12:00:00Z","level":"error","message":"charge failed for order 9b","amount":1,"currency":"USD"}',
    ],
    ["Received signal SIGTERM, shutting down in 30s", "Received signal SIGTERM, shutting down in 5s"],
    ["Lambda resize timed out after 3.00 seconds", "Lambda thumb-gen timed out after 15.00 seconds"],
    ["Upload 7f3a part 3/12 failed: connection reset", "Upload 0012 part 1/1 failed: connection reset"],
  ],
};
