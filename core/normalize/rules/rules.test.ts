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
  ["static files are data", "<method> <path> <number>", ["GET /static/app.3f2a1c.js 200", "HEAD /img/logo.png 404"]],
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
    '<value> "<method> <path>"',
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
    ["signals", "received signal SIGTERM", "received signal SIGHUP"],
    ["routes", "GET /api/v1/orders/12 500", "GET /api/v1/users/12 500"],
    ["methods of routes", "GET /api/v1/orders 500", "POST /api/v1/orders 500"],
    ["classes of errors", "failed: NoSuchKeyError", "failed: OnItemLostToClientError"],
    ["reasons behind a colon", "login failed: invalid_grant", "login failed: invalid_scope"],
  ])("%s", (_, one, other) => {
    expect(group(one)).not.toBe(group(other));
  });

  test.each(["read-only mode", "max_connections reached", "getHTTPStatusXML failed", "cache HIT for all"])(
    "%j keeps every word",
    (line) => {
      expect(group(line)).toBe(line);
    },
  );
});
