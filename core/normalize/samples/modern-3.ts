/** A third sample, of other kinds of programs again. */
export const MODERN_3: Readonly<Record<string, readonly (readonly string[])[]>> = {
  services: [
    [
      "Payment intent pi_3OaBcD2eZvKYlo2C requires action for customer 8812",
      "Payment intent pi_1Zzz9AeZvKYlo2C01 requires action for customer cus_x1",
    ],
    [
      "Received webhook order.paid from shopify (delivery 3f2a-11)",
      "Received webhook refund.created from stripe (delivery 99)",
    ],
    [
      "Slow response: GET /api/reports?from=2024-01-01 took 12034ms",
      "Slow response: GET /api/reports?from=2025-02-11 took 3100ms",
    ],
    [
      "[HPM] Error occurred while proxying request localhost:3000/api to http://localhost:4000/ [ECONNREFUSED]",
      "[HPM] Error occurred while proxying request app.example.com/x to http://10.0.0.3:4000/ [ECONNREFUSED]",
    ],
    [
      "JWT expired at 2024-05-01T12:00:00Z for subject auth0|64b7f0c2a1",
      "JWT expired at 2024-06-01T12:10:00Z for subject google-oauth2|1122",
    ],
    ["Client 7Gh3kd connected (total: 12)", "Client aa91Lq connected (total: 3)"],
    [
      "Message published to exchange orders with routing key order.created.eu",
      "Message published to exchange audit with routing key user.deleted",
    ],
    ["Deleted 3 expired tokens for tenant acme", "Deleted 120 expired tokens for tenant t_991"],
    ["Invalid payload: missing fields name, email", "Invalid payload: missing fields sku"],
    [
      "Could not find translation for key checkout.title in locale de-DE",
      "Could not find translation for key cart.empty in locale fr",
    ],
    [
      "File report-2024-05.xlsx (1.2 MB) uploaded by alice@example.com",
      "File photo.jpg (300 KB) uploaded by bob@corp.io",
    ],
    [
      "Timeout of 5000ms exceeded while calling inventory-service",
      "Timeout of 300ms exceeded while calling inventory-service",
    ],
  ],
  frameworks: [
    [
      "Bean 'dataSource' of type [com.zaxxer.hikari.HikariDataSource] is not eligible for getting processed",
      "Bean 'retryTemplate' of type [org.springframework.retry.RetryTemplate] is not eligible for getting processed",
    ],
    ["Message listener container orders-0 paused for 30 s", "Message listener container payments-12 paused for 5 s"],
    [
      "Cannot acquire JDBC connection: pool HikariPool-1 exhausted (active=10, idle=0, waiting=23)",
      "Cannot acquire JDBC connection: pool HikariPool-3 exhausted (active=50, idle=0, waiting=1)",
    ],
    [
      "Processed 1200 messages from topic invoices in 3s (400/s)",
      "Processed 7 messages from topic user-signups in 1.1s (6/s)",
    ],
    ["Saga 8d0e4c57 compensating step reserve-stock", "Saga 00112233 compensating step charge-card"],
    [
      "Retry 2/5 for operation fetchRates failed: 503 Service Unavailable",
      "Retry 1/3 for operation syncUsers failed: 500 Internal Server Error",
    ],
    ["Registered 12 endpoints under base path '/actuator'", "Registered 3 endpoints under base path '/manage'"],
    ["Entity OrderLine with id 12 not found", "Entity User with id 7b1d1c32-1c8e-4a3a-8f63-2f1f0b1a9d11 not found"],
    [
      "Cache refresh of exchange-rates completed in 120ms (34 entries)",
      "Cache refresh of products completed in 9s (12000 entries)",
    ],
    [
      "Login attempt from new device Chrome/120 on Windows for user 12",
      "Login attempt from new device Safari/17 on macOS for user alice",
    ],
  ],
  clusters: [
    ["Starting gunicorn 21.2.0", "Starting gunicorn 20.1.0"],
    [
      "Pod web-0 in namespace prod restarted 3 times in the last 10m",
      "Pod mailer-5c4d6-abcde in namespace default restarted 12 times in the last 1h",
    ],
    ["node worker-3 cordoned by alice", "node ip-10-0-0-1 cordoned by cluster-autoscaler"],
    [
      "Certificate issued for *.example.com (serial 03:ab:cd:12)",
      "Certificate issued for api.shop.io (serial 1f:00:12:9a)",
    ],
    [
      "helm release cart upgraded to revision 12 (chart cart-1.2.3)",
      "helm release ingress-nginx upgraded to revision 3 (chart ingress-nginx-4.9.0)",
    ],
    [
      "HPA scaled deployment api from 3 to 5 replicas (cpu 91%)",
      "HPA scaled deployment web-front from 10 to 12 replicas (cpu 75%)",
    ],
    [
      "Volume pvc-8d0e4c57-9a2b-0c6d attached to node-3 as /dev/xvdba",
      "Volume pvc-11d1c32-1c8e-4a3a attached to ip-10-1-2-3 as /dev/sdf",
    ],
    ["Job backup-28411 exceeded deadline of 3600s", "Job cleanup-1 exceeded deadline of 60s"],
    ["Image gc freed 12.3 GiB, deleted 45 images", "Image gc freed 900 MiB, deleted 3 images"],
    [
      'etcd request took too long (1.203s) key:"/registry/pods/a" size:12',
      'etcd request took too long (901ms) key:"/registry/leases/b" size:1',
    ],
  ],
  stores: [
    ["1.2.3.4 - GET /wp-admin - 404 - 0.012s", "10.1.1.1 - GET /wp-admin - 200 - 0.3s"],
    [
      "upstream server temporarily disabled while connecting to upstream 10.0.0.1:8080",
      "upstream server temporarily disabled while connecting to upstream 10.2.0.9:80",
    ],
    ["rule 942100 matched on /search?q=1%27+OR (score 15)", "rule 913100 matched on / (score 5)"],
    ["DNS lookup for api.partner.example failed: NXDOMAIN", "DNS lookup for db-7.internal failed: NXDOMAIN"],
    ["DNS lookup for api.partner.example failed: SERVFAIL", "DNS lookup for cache.local failed: SERVFAIL"],
    ["Query took 2312ms: db.users.find({ age: { $gt: 30 } })", 'Query took 900ms: db.users.find({ name: "x" })'],
    [
      "could not serialize access due to concurrent update (txid 1234)",
      "could not serialize access due to concurrent update (txid 99887)",
    ],
    [
      "ERROR 1045 (28000): Access denied for user 'root'@'10.0.0.1' (using password: YES)",
      "ERROR 1045 (28000): Access denied for user 'app'@'localhost' (using password: NO)",
    ],
    [
      "Aborted connection 1234 to db: 'shop' user: 'app' host: '10.0.0.1' (Got timeout reading communication packets)",
      "Aborted connection 9 to db: 'crm' user: 'root' host: 'localhost' (Got timeout reading communication packets)",
    ],
    ["Redis slowlog: HGETALL user:123 12034us", "Redis slowlog: KEYS session:* 991us"],
    [
      "Partition orders-3 under-replicated: isr [1, 2], expected [1, 2, 3]",
      "Partition users-11 under-replicated: isr [3], expected [3, 4]",
    ],
    [
      "Snapshot snap-0a1b2c3d of volume vol-99ffee00 completed (12 GB)",
      "Snapshot snap-11112222 of volume vol-0a completed (900 GB)",
    ],
  ],
  teams: [
    [
      "Function processUpload (v12) finished in 1203 ms, memory 120/256 MB",
      "Function sendMail (v3) finished in 20 ms, memory 64/128 MB",
    ],
    [
      "Put 120 records to stream clicks shard shardId-000000000003",
      "Put 9 records to stream page-views shard shardId-000000000011",
    ],
    ["Ticket SUP-1234 assigned to carol by dave", "Ticket OPS-9 assigned to bob by alice"],
    [
      "Delivery to device token a1b2c3d4e5f6 failed: Unregistered",
      "Delivery to device token 00ff11ee22dd failed: Unregistered",
    ],
    [
      'Geocoding failed for address "Main St 5, Berlin": ZERO_RESULTS',
      'Geocoding failed for address "5th Ave": ZERO_RESULTS',
    ],
    ["PR #123 merged into main by octocat", "PR #7 merged into release/1.2 by alice"],
    ["Stage test (3/5) skipped: no changes in src/", "Stage deploy (5/5) skipped: no changes in infra/"],
    ["Coverage dropped from 91.2% to 88.0% on commit 3f2a9c1", "Coverage dropped from 80% to 12.5% on commit 1234567"],
    [
      "Password reset requested for alice@example.com from 203.0.113.9",
      "Password reset requested for bob from 10.0.0.1",
    ],
    ["Exchange rate USD/EUR updated: 0.92 -> 0.93", "Exchange rate GBP/JPY updated: 190.1 -> 189.77"],
    ["sensor temp-12 reported 21.5C (battery 87%)", "sensor hum-3 reported 19C (battery 7%)"],
    ["Backup of database shop finished: 1.2 GB in 3m12s", "Backup of database crm_eu finished: 900 MB in 45s"],
  ],
  mixed: [
    ["Worker 4 picked job video-encode:8812 (priority 5)", "Worker 11 picked job thumbs:1 (priority 0)"],
    ["Feature 'beta-search' is disabled for account acct_19x", "Feature 'chat' is disabled for account 8812"],
    ["Fetched 25 products in 340 ms (cache=miss)", "Fetched 0 products in 3 ms (cache=hit)"],
    ["OAuth callback error: invalid_grant (provider=google)", "OAuth callback error: invalid_grant (provider=github)"],
    ["GraphQL query getCart took 231ms", "GraphQL query listOrders took 9s"],
    ["Ignoring unknown option --fooBar", "Ignoring unknown option --max-size"],
    ["Lock orders:123 released after 12ms", "Lock users:9f released after 1.2s"],
    ["Email template welcome_v2 rendered in 12 ms", "Email template reset-password rendered in 3 ms"],
    ["Disk quota for tenant initech at 91%", "Disk quota for tenant umbrella-corp at 100%"],
    ["Timed out waiting for lock on table accounts", "Timed out waiting for lock on table order_items"],
    ["Health check passed for redis (3ms)", "Health check passed for postgres (12ms)"],
    ["Sending SMS to +15550100123 via twilio", "Sending SMS to +442079460958 via nexmo"],
    ["Setting log level of com.acme.orders to DEBUG", "Setting log level of com.acme.payments.api to TRACE"],
    ["Unable to resolve host kafka-2.kafka.svc", "Unable to resolve host mysql-primary"],
    [
      "Partial content served for /videos/12.mp4 (bytes 0-1023/4096)",
      "Partial content served for /a/b.webm (bytes 1024-2047/9999999)",
    ],
    ["Client 10.0.0.1 closed keepalive connection", "Client 2001:db8::7 closed keepalive connection"],
    [
      "TransactionError: deadlock detected while updating inventory for sku AB-12",
      "TransactionError: deadlock detected while updating inventory for sku 9917",
    ],
    ["Starting consumer orders-consumer with 3 threads", "Starting consumer emailer with 12 threads"],
    [
      "Shard 3 of index logs-2024.05.01 relocated from node-1 to node-7",
      "Shard 0 of index metrics relocated from es-hot-2 to es-warm-1",
    ],
    [
      "gRPC call /shop.Cart/Add failed: code=Unavailable after 3 attempts",
      "gRPC call /shop.Cart/Get failed: code=Unavailable after 1 attempts",
    ],
    [
      "Rotated secret projects/acme/secrets/db (version 12)",
      "Rotated secret projects/globex/secrets/api-key (version 3)",
    ],
    ["Metric http_requests_total has 12034 series, limit 10000", "Metric jobs_done has 20001 series, limit 10000"],
    ["Reloaded 12 rules from rules.d/alerts.yml", "Reloaded 3 rules from rules.d/slo.yml"],
    ["Cannot delete user 12: still owns 3 projects", "Cannot delete user bob: still owns 1 projects"],
    [
      "Webhook to https://a.example/x failed with status 500, will retry in 30s",
      "Webhook to https://b.example/y?z failed with status 429, will retry in 5m0s",
    ],
    [
      "Package lodash@4.17.21 has 1 high severity vulnerability",
      "Package @acme/ui@1.0.0 has 12 high severity vulnerability",
    ],
    ["Message <abc.123@mail.example.com> queued as 4F1A2B3C", "Message <20240501.zz@corp.io> queued as 9912AB0"],
    ["Deployment web rolled back to revision 12", "Deployment cart-api rolled back to revision 3"],
    ["Slot 3 of replica set rs0 is lagging by 12 s", "Slot 0 of replica set shard-2 is lagging by 1 s"],
    [
      "Order total 12.50 does not match payment 12.49 for order A-1",
      "Order total 99 does not match payment 98 for order B-77",
    ],
  ],
};
