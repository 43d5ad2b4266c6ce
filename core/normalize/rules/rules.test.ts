import { describe, expect, test } from "vitest";
import { group } from "../index.ts";

/** Each row: what the rule is about, the template, and lines that all have it. */
const ALIKE: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "names of every shape in one slot",
    "user <id> signed out",
    ["user bob signed out", "user u_12 signed out", "user bob@example.com signed out", "user 4711 signed out"],
  ],
  [
    "money in any notation",
    "refunded <money> to card",
    ["refunded $12.50 to card", "refunded -€1,234.00 to card", "refunded CA$20 to card", "refunded 9.99 EUR to card"],
  ],
  [
    "durations as clocks and in words",
    "gave up after <duration>",
    ["gave up after 12ms", "gave up after 00:10:02", "gave up after an hour", "gave up after 3h 2m"],
  ],
  [
    "moments in any notation",
    "next run at <timestamp>",
    [
      "next run at 2024-05-01T12:00:00Z",
      "next run at Sat, 27 Sep 2025 05:21:25 GMT",
      "next run at 1718000000123",
      "next run at 28.09.2024",
      "next run at 12:00:01",
    ],
  ],
  [
    "a part and its whole, each with its unit",
    "heap <size>/<size> in use",
    ["heap 12.5MB/1GB in use", "heap 693.4 MB/5057196B in use", "heap 512 bytes/66.7kB in use"],
  ],
  [
    "addresses of connections",
    "dial tcp <host>:<number>: refused",
    [
      "dial tcp 10.0.0.7:80: refused",
      "dial tcp [::1]:8080: refused",
      "dial tcp [2001:db8::1]:1: refused",
      "dial tcp db12:5432: refused",
      "dial tcp db.example.com:5432: refused",
    ],
  ],
  [
    "URLs with addresses in brackets",
    "calling <url> now",
    ["calling http://[::1]:80/a now", "calling https://x.io now"],
  ],
  [
    "lists of any length and notation",
    "flags refreshed: <list>",
    [
      "flags refreshed: []",
      "flags refreshed: [a]",
      "flags refreshed: [a, b]",
      'flags refreshed: ["a","b"]',
      "flags refreshed: [1 2 3]",
    ],
  ],
  [
    "generated ids, with or without digits",
    "socket <id> left",
    ["socket GatnnCJmvVXvDT left", "socket bH1LAZdlDBlnwj2XEopl left", "socket -gCP-gJjQRgOlXDgOg3OO left"],
  ],
  ["ids behind a vendor's prefix", "merged <id>", ["merged cart_dmpwhquTuWZo", "merged cart_rS2V5NfVkmGN"]],
  [
    "base64",
    "signature <id>, dropped",
    [
      "signature SqXUTd2lpNJH0BlXdBU2L+5Y7wxAu5v62Nfa23rS4uXOmDV6lw7=, dropped",
      "signature KB/uAl5bmhOnkkuWKvC/8u2S0ktVJzQP+1yUuu+6FiIAFOGP6Hra, dropped",
    ],
  ],
  [
    "keys of caches",
    "cache get <id> failed",
    [
      "cache get user:12:profile failed",
      "cache get cart:{1f0c9a7b}:items failed",
      "cache get sess:1f0c9a7be4b0d21c failed",
    ],
  ],
  ["numbers of things", "ticket <id> closed", ["ticket #12 closed", "ticket #428-7499154 closed"]],
  ["the entity in brackets", "stale row <list>", ["stale row [com.acme.Order#12]", "stale row [com.acme.User#7]"]],
  [
    "user agents",
    "logged in with <id>",
    ["logged in with curl/8.5.0", "logged in with Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/126.0"],
  ],
  ["who logs", "<id> - pool closed", ["main-pool - pool closed", "Pool-1 - pool closed", "readonly - pool closed"]],
  ["labels before the message", "[<id>] job done", ["[orders] job done", "[resize-images] job done"]],
  [
    "identifiers behind a preposition",
    "reading from <id> stopped",
    ["reading from order_events stopped", "reading from orders.created stopped", "reading from billing-v2 stopped"],
  ],
  [
    "people and companies",
    "mandate for <id> revoked",
    ["mandate for Ann Lee revoked", "mandate for J. van der Berg revoked", "mandate for 李雷 revoked"],
  ],
  [
    "values of several words",
    "voided: carrier=<value> order=<value>",
    ["voided: carrier=ups order=12", "voided: carrier=Royal Mail order=7", "voided: carrier=DHL Express order=x"],
  ],
  [
    "addresses in angle brackets",
    "queued to=<value> relay=<value>",
    ["queued to=<bob@example.com> relay=none", "queued to=<root> relay=mx.example.com"],
  ],
  [
    "routes without their ids and queries",
    "GET /api/v1/orders/<id> <number> <duration>",
    ["GET /api/v1/orders/12 200 3ms", "GET /api/v1/orders/9f8e7d6c-1111-4222-8333-444455556666?x=1 500 12.5 ms"],
  ],
  ["static files are data", "<method> <id> <number>", ["GET /static/app.3f2a1c.js 200", "HEAD /img/logo.png 404"]],
  [
    "which pairs end a message",
    "read timed out, <value>",
    [
      "read timed out, client: 10.0.0.1, server: x.io, request: 'a b'",
      "read timed out, client: 10.0.0.1, server: x.io, request: 'a b', referrer: 'c d', host: 'e f'",
    ],
  ],
  [
    "access lines with the request at their end",
    '<value> "<method> <id>"',
    [
      '10.0.0.1:5432 [01/May/2024:12:00:00.123] fe be/a1 0/0/1/23/24 200 12 1/1/0/0 0/0 "GET /a HTTP/1.1"',
      '10.0.0.9:1 [01/May/2024:12:00:00.123] fe api/b2 0/0/-1/-1/24 503 212 12/1/0/0 0/0 "POST /b/12 HTTP/2.0"',
    ],
  ],
  [
    "the requests that an application's server logs",
    'INFO: <host>:<number> - "GET /items/<id> HTTP/<number>" <number>',
    [
      'INFO: 10.0.0.1:80 - "GET /items/12 HTTP/1.1" 200 OK',
      'INFO: 10.0.0.9:1 - "GET /items/7?x=1 HTTP/1.1" 404 Not Found',
    ],
  ],
  [
    "accounts at a database",
    "<id> ERROR: deadlock detected",
    ["app@shop ERROR: deadlock detected", "orders_rw@app_v2 ERROR: deadlock detected"],
  ],
  [
    "tables with their schema",
    "analyze of table <id> done",
    [
      'analyze of table "shop.public.Invoice" done',
      "analyze of table shop.order_items done",
      "analyze of table a.orders done",
    ],
  ],
  ["collections by name", "removed Set<list>", ["removed Set()", "removed Set(orders-18, events-44)"]],
  [
    "names with addresses",
    "node <id> is up",
    ["node /10.84.168.93:7000 is up", "node db-6.db.svc/172.20.59.72:7000 is up"],
  ],
  [
    "numbers in a noun's slot",
    "job <id> (attempt <id>) done",
    ["job 12 (attempt 2) done", "job a1b2c3d4 (attempt 1) done"],
  ],
  [
    "numbers, document numbers and codes in one slot",
    "order <id> placed",
    ["order #382123 placed", "order SO/2023/29489 placed", "order W2VW4V5T placed", "order 9788055595080 placed"],
  ],
  ["telephone numbers", "call to <id> ended", ["call to +447700906246 ended", "call to +49*****5517 ended"]],
  [
    "generated names without digits",
    "client <id> left",
    ["client PsbmhyqAZJXSNGAAAB left", "client dWtgubnsvniDZJXpgl7h left", "client cus_iTEuzVvdtTEBq left"],
  ],
  ["queue ids in capitals", "<id>: removed", ["CBBXEJLIOPK: removed", "CXL3S83MD7A: removed"]],
  ["tokens", "starts with <id>", ["starts with eyJhbGciOiJaErLpLVGJraA…", "starts with eyJhbGciOiJxJut0FH4bvhE…"]],
  [
    "names of several hyphens",
    "lookup of <id> failed",
    ["lookup of crm-bridge-prod-a failed", "lookup of tax-calc failed", "lookup of node-2.eu.example.net failed"],
  ],
  [
    "sources below a folder",
    "blocked in <id>:<number>",
    ["blocked in ticket/store.go:486", "blocked in src/voucher/server.go:12"],
  ],
  [
    "images of a registry",
    "pushed <id> done",
    [
      "pushed registry.example.net/ocr:fb3df58d@sha256:d70cccb107 done",
      "pushed registry.example.net/iam2:1a2b3c4d done",
    ],
  ],
  [
    "durations of several units",
    "ran for <duration> in all",
    ["ran for 4 days 03:47:58 in all", "ran for 31 min 46 s in all", "ran for 250ms in all"],
  ],
  [
    "decimals behind a comma",
    "paid <money> now",
    ["paid 755,83 € now", "paid 54.717,06 EUR now", "paid US$3830 now", "paid 46113 jpy now"],
  ],
  ["days without separators", "ends on <timestamp>, late", ["ends on 20250425, late", "ends on 2025-04-25, late"]],
  [
    "optional clauses at the end",
    "saved <id> after <duration>",
    ["saved /a/b.txt after 3s", "saved /a/b.txt after 3s, etag 8f7d", "saved /a/c.txt after 2 min (part 3, shard 12)"],
  ],
  ["maps", "index compacted to <size>", ["index compacted to 3 MB (dropped map[a:1 b:2])", "index compacted to 80 kB"]],
  [
    "pairs at the end",
    "slow call of <id> took <duration>",
    ["slow call of a.b took 3 ms args=[1] t=x", "slow call of a.b took 3 ms"],
  ],
  [
    "generated names in a state",
    "stack <id>: <id> CREATE_FAILED after <duration>",
    [
      "stack preview-pr-516: OrdersTable CREATE_FAILED after 2s",
      "stack a1b2c3: HandlerServiceRoleEFF11D05 CREATE_FAILED after 2s",
    ],
  ],
  [
    "who did it, behind a colon",
    "audit: <id> changed <id>",
    ["audit: rosa changed r_7", "audit: ines.o changed r_12", "audit: u_12 changed r_1"],
  ],
  [
    "the last link of a chain of errors",
    "update failed: no rows in result set {id}",
    [
      'level=error msg="update failed" id=1 err="svc: policy lookup: no rows in result set"',
      'level=error msg="update failed" id=1 err="store: get badge: sql: no rows in result set"',
    ],
  ],
  [
    "events with a text of a user",
    "review_added {author}",
    ['{"event":"review_added","author":"x","text":"so nice"}', '{"event":"review_added","author":"y","text":"bad"}'],
  ],
  [
    "distinguished names",
    "bind of <id> failed",
    ["bind of CN=Bob Smith,OU=Users,DC=example failed", "bind of uid=j.doe,ou=people,dc=example,dc=net failed"],
  ],
  ["keys in braces", "limit hit: key=<value>", ["limit hit: key={ticket}:lock:3835", "limit hit: key=a:b:12"]],
  ["steps of a whole", "<id> <list> COPY done", ["#3 [builder 8/14] COPY done", "#18 [3/13] COPY done"]],
  [
    "names below a namespace",
    "assigned <id> to <id>",
    ["assigned cert-manager/img-resize to k8s05.dc2.example.net", "assigned team-a/mailer-tvgzt to node-12"],
  ],
  [
    "quantities of a scheduler",
    "quantity: <number>, free",
    ["quantity: 29Gi, free", "quantity: 3714m, free", "quantity: 5219186599, free"],
  ],
  [
    "addresses with a port behind a hash",
    "resolving failed at <id>",
    ["resolving failed at 2001:db8:1547:750::2e#53", "resolving failed at 47.71.31.101#53"],
  ],
  [
    "months in hex letters",
    "seen <timestamp> last",
    ["seen 16/Feb/2025:14:33:28.561 last", "seen 25/Jun/2025:01:41:15.821 last"],
  ],
  [
    "lists of mixed items",
    "purged by tags <list> now",
    ["purged by tags [product-3297, cat:9] now", "purged by tags [home, nav] now"],
  ],
  [
    "runs named by their time",
    "<list> failed",
    [
      "[load_a.extract scheduled__2024-03-16T16:58:41+00:00] failed",
      "[load_b.check manual__2025-07-03T06:52:18+00:00] failed",
    ],
  ],
  [
    "printed objects",
    "cannot enrol in <id>",
    ["cannot enrol in <Meter: Parcel object (2784)>", "cannot enrol in <Visit: Claim object (5)>"],
  ],
  [
    "titles of tests",
    "FAIL <id> (<duration>)",
    ["FAIL src/a.test.ts > logs in with 2FA (45.2s)", "FAIL src/b.test.ts > Cart > adds a row (282ms)"],
  ],
  [
    "tasks below projects",
    "> Task <id> FAILED",
    ["> Task :services:billing:lint FAILED", "> Task :core:model:test FAILED"],
  ],
  [
    "titles behind a noun",
    "denied (device <id>)",
    ["denied (device iPhone 15 Pro)", "denied (device Firefox on Ubuntu)"],
  ],
  ["scopes", "lacks scope <list>", ["lacks scope openid profile email", "lacks scope [openid, orders:read]"]],
  ["old quotes", "fingerprint <id> found", ["fingerprint `s&sos' found", "fingerprint `1&1o' found"]],
  [
    "processes by name",
    "Killed process <number> (<id>) now",
    ["Killed process 86136 (node) now", "Killed process 12 (java) now"],
  ],
  [
    "places beside an address",
    "score for <ip>, through",
    ["score for 10.0.0.1 (FR, AS150125), through", "score for ::1 (São Paulo, BR), through"],
  ],
  [
    "words between two prepositions",
    "canary of <id> on <id> aborted",
    ["canary of api on node-12 aborted", "canary of admin-ui on node-3 aborted"],
  ],
  [
    "common words as containers",
    "pod <id> container <id> terminated",
    ["pod web-1 container app terminated", "pod web-1 container migrate terminated"],
  ],
  ["this host by name", "origin <id> answered", ["origin localhost answered", "origin api.acme.io answered"]],
  [
    "names before their noun",
    "balance of <id> account <id> is low",
    ["balance of mollie account acct_7ld1sf is low", "balance of checkout.com account acct_9zz is low"],
  ],
  [
    "warehouses",
    "low in <id> warehouse, reorder",
    ["low in garden warehouse, reorder", "low in lesson warehouse, reorder"],
  ],
  ["titles with a number", "campaign <id> sent", ["campaign Winter sale 2025 sent", "campaign dunning_3 sent"]],
  [
    "logfmt with a value of two words",
    "mail sent {took}",
    ['level=info msg="mail sent" took=428ms', 'level=info msg="mail sent" took=49 seconds'],
  ],
];

describe("one statement has one template", () => {
  test.each(ALIKE)("%s", (_, template, lines) => {
    for (const line of lines) expect(group(line), line).toBe(template);
  });
});

describe("what tells problems apart stays", () => {
  test.each([
    ["codes of the system", "connect ECONNREFUSED 10.0.0.1:80", "connect ETIMEDOUT 10.0.0.1:80"],
    ["SQL states", "insert failed (SQLSTATE 23505)", "insert failed (SQLSTATE 40001)"],
    ["codes of remote calls", "rpc error: code = Unavailable desc = x", "rpc error: code = Internal desc = x"],
    ["the text of an error", 'sync failed err="no route to host"', 'sync failed err="i/o timeout"'],
    ["the error of JSON", '{"msg":"sync failed","err":"no route"}', '{"msg":"sync failed","err":"timeout"}'],
    ["an error code of JSON", '{"msg":"declined","code":"card_expired"}', '{"msg":"declined","code":"do_not_honor"}'],
    ["reasons in one word", "pod died reason=OOMKilled", "pod died reason=Evicted"],
    ["verbs", '"HTTP" verb="GET" code=1', '"HTTP" verb="PATCH" code=1'],
    ["families of addresses", '"sync done" ipFamily="IPv4"', '"sync done" ipFamily="IPv6"'],
    ["media types", "sent text/event-stream", "sent application/x-ndjson"],
    ["signals", "received signal SIGTERM", "received signal SIGHUP"],
    ["routes", "GET /api/v1/orders/12 500", "GET /api/v1/users/12 500"],
    ["methods of routes", "GET /api/v1/orders 500", "POST /api/v1/orders 500"],
    ["classes of errors", "failed: NoSuchKeyError", "failed: OnItemLostToClientError"],
    ["states of pairs", "mail status=bounced", "mail status=deferred"],
    ["states in capitals", "stack x: Orders CREATE_FAILED", "stack x: Orders DELETE_FAILED"],
    ["reasons behind a colon", "login failed: invalid_grant", "login failed: invalid_scope"],
  ])("%s", (_, one, other) => {
    expect(group(one)).not.toBe(group(other));
  });

  test.each([
    "read-only mode",
    "file is up-to-date",
    "end-of-file in man-in-the-middle check",
    "with collection fetch; applying",
    "KafkaNginxClient and HttpXmlParserFactory are gone",
    "MAX_RETRIES and XMLHTTPREQUEST",
    "max_connections reached",
    "getHTTPStatusXML failed",
    "cache HIT for all",
  ])("%j keeps every word", (line) => {
    expect(group(line)).toBe(line);
  });
});
