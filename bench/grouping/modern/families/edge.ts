import { hex, pick } from "../../../traffic.ts";
import type { Family, Kind } from "../family.ts";
import { among, base62, between, chars, oneOf, skewed } from "../values.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (value: number): string => String(value).padStart(2, "0");
const clock: Kind = (random) =>
  `${two(between(random, 0, 23))}:${two(between(random, 0, 59))}:${two(between(random, 0, 59))}`;
const dayMonth: Kind = (random) => `${two(between(random, 1, 28))}/${pick(random, MONTHS)}/2025`;

/** What follows the host in a request line: with and without ids, encodings, queries and attacks. */
const target = oneOf(
  among("/", "/favicon.ico", "/robots.txt", "/wp-login.php", "/.env", "/login?next=%2Faccount", "/assets/app.js"),
  (random) => `/static/js/main.${hex(random, 8)}.chunk.js`,
  (random) => `/api/v${between(random, 1, 3)}/orders/${between(random, 1000, 9_999_999)}`,
  (random) =>
    `/users/${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}/avatar`,
  (random) =>
    `/search?q=${pick(random, ["red+shoes", "caf%C3%A9", "laptop%2015%22"])}&page=${between(random, 1, 40)}&sort=-price`,
  (random) => `/img/${base62(random, 11)}_640x480.webp?v=${between(random, 1_600_000_000, 1_750_000_000)}`,
  (random) =>
    `/blog/2024/${two(between(random, 1, 12))}/${pick(random, ["how-we-moved", "release-notes-4-2", "hello"])}/`,
  (random) =>
    `/graphql?operationName=${pick(random, ["GetCart", "Me"])}&extensions=%7B%22hash%22%3A%22${hex(random, 12)}%22%7D`,
);
const domain = oneOf(
  among("example.com", "www.example.com", "api.acme.io", "shop.acme.co.uk", "localhost", "cdn-eu.acme.net"),
  (random) => `${chars(random, 8, LOWER)}.cloudfront.example`,
  (random) => `tenant-${between(random, 2, 900)}.app.acme.io`,
  among("xn--mnchen-3ya.example", "_acme-challenge.shop.example.org", "mail2.internal"),
);
const seconds = oneOf(
  (random) => `${between(random, 0, 2)}.${String(between(random, 0, 999)).padStart(3, "0")}`,
  (random) => `0.${String(between(random, 0, 999)).padStart(3, "0")}`,
  (random) => `${between(random, 3, 90)}.${String(between(random, 0, 999)).padStart(3, "0")}`,
);
const agent = among(
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "curl/8.5.0",
  "python-requests/2.31.0",
  "kube-probe/1.29",
  "okhttp/4.12.0",
  "Go-http-client/1.1",
  "-",
);
const address = oneOf(
  (random) =>
    `${between(random, 1, 223)}.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}`,
  (random) => `10.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}`,
  (random) => `2001:db8:${hex(random, 4)}:${hex(random, 3)}::${hex(random, 2)}`,
);
const upstream = oneOf(
  (random) =>
    `10.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}:${pick(random, [80, 3000, 8080, 9000])}`,
  (random) => `127.0.0.1:${between(random, 3000, 9999)}`,
  (random) => `[fd00::${hex(random, 4)}]:8080`,
);
const request: Kind = (random) =>
  `${pick(random, ["GET", "GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"])} ${target(random)} HTTP/${pick(random, ["1.1", "1.1", "2.0", "1.0", "3.0"])}`;
const backend = among("be_api", "app-servers", "static", "bk_checkout_v2", "nodes", "legacy-php");
const server = oneOf(
  (random) => `web${between(random, 1, 24)}`,
  (random) => `app-${two(between(random, 1, 12))}.eu`,
  (random) => `srv_${chars(random, 5, LOWER)}`,
  among("primary", "node-a"),
);
const rateKey = oneOf(
  (random) => `ip:${address(random)}`,
  (random) => `user:${between(random, 100, 99_999)}`,
  (random) => `tenant_${chars(random, 6, LOWER)}:free`,
  (random) => `ak_live_${base62(random, 16)}`,
  (random) => `anon#${hex(random, 12)}`,
);

/** What web servers, proxies, CDNs, resolvers and firewalls write. */
export const EDGE: Family = {
  name: "edge",
  kinds: {
    // These programs print integers without separators.
    count: (random) => String(skewed(random, 1_000_000)),
    ms: (random) => String(skewed(random, 60_000)),
    badstatus: among("400", "401", "403", "404", "429", "500", "502", "503", "504"),
    address,
    target,
    request,
    domain,
    domains: (random) => Array.from({ length: between(random, 1, 4) }, () => domain(random)).join(", "),
    seconds,
    agent,
    upstream,
    peer: (random) => {
      const from = address(random);
      return `${from.includes(":") ? `[${from}]` : from}:${between(random, 1024, 65_535)}`;
    },
    good: among("200", "204", "301"),
    line: (random) => String(between(random, 12, 1400)),
    megabytes: (random) => String(between(random, 118, 190)),
    ttl: among("60", "300", "3600", "86400"),
    backend,
    server,
    conn: (random) => String(between(random, 1, 98_765_432)),
    pid: (random) => String(between(random, 7, 65_000)),
    login: among("-", "-", "-", "admin", "j.doe", "deploy", "bob@example.com"),
    clf: (random) => `${dayMonth(random)}:${clock(random)} ${pick(random, ["+0000", "+0200", "-0500"])}`,
    hatime: (random) => `${dayMonth(random)}:${clock(random)}.${String(between(random, 0, 999)).padStart(3, "0")}`,
    iso: (random) =>
      `2025-${two(between(random, 1, 12))}-${two(between(random, 1, 28))}T${clock(random)}${pick(random, ["Z", ".118Z", "+02:00", `.${between(random, 100_000, 999_999)}Z`])}`,
    epoch: (random) => `${between(random, 1_700_000_000, 1_760_000_000)}.${between(random, 100_000, 9_999_999)}`,
    bytes: (random) => String(pick(random, [0, between(random, 2, 999), between(random, 1000, 8_000_000)])),
    referer: oneOf(
      among("-", "-", "https://www.google.com/", "https://t.co/9fXk2"),
      (random) => `https://${domain(random)}${target(random)}`,
    ),
    zone: among("api", "login", "perip", "req_limit_per_ip", "one"),
    file: oneOf(
      (random) =>
        `/usr/share/nginx/html${pick(random, ["/favicon.ico", "/apple-touch-icon.png", `/img/${hex(random, 6)}.png`])}`,
      (random) => `/var/www/${pick(random, ["shop", "blog", "acme.io"])}/public/${chars(random, 9, LOWER)}.php`,
    ),
    temp: (random) =>
      `/var/cache/nginx/proxy_temp/${between(random, 0, 9)}/${two(between(random, 0, 99))}/${String(between(random, 0, 9_999_999)).padStart(10, "0")}`,
    conf: (random) =>
      `/etc/nginx/conf.d/${pick(random, ["default", "api", "10-shop"])}.conf:${between(random, 2, 240)}`,
    excess: (random) => `${between(random, 0, 59)}.${String(between(random, 0, 999)).padStart(3, "0")}`,
    sslcode: (random) => `error:0A000${hex(random, 3).toUpperCase()}`,
    cluster: oneOf(
      (random) =>
        `outbound|${pick(random, [80, 8080, 9090])}||${pick(random, ["cart", "orders", "auth-v2"])}.prod.svc.cluster.local`,
      among("xds-grpc", "local_service", "ext_authz", "payments_cluster"),
    ),
    listener: oneOf(
      (random) => `0.0.0.0_${pick(random, [80, 443, 8080, 15_006])}`,
      (random) => `${address(random)}_${pick(random, [443, 9092])}`,
      among("virtualInbound", "ingress_https"),
    ),
    timers: (random) =>
      `${between(random, 0, 39)}/${pick(random, [0, 0, 12])}/${between(random, 0, 8)}/${pick(random, [-1, between(random, 0, 3_999)])}/${between(random, 0, 8_999)}`,
    conns: (random) =>
      `${between(random, 1, 900)}/${between(random, 1, 800)}/${between(random, 0, 89)}/${between(random, 0, 39)}/${between(random, 0, 3)}`,
    frontend: among("fe_https", "http-in", "www", "public_api"),
    router: oneOf(
      (random) => `${pick(random, ["shop", "api", "whoami"])}@docker`,
      (random) => `${pick(random, ["prod", "stg"])}-web-${hex(random, 20)}@kubernetescrd`,
    ),
    rayid: (random) => `${hex(random, 16)}${pick(random, ["", "-FRA", "-AMS", "-SIN", "-IAD"])}`,
    colo: among("FRA", "AMS", "SIN", "IAD", "GRU", "CDG50-C1", "LHR61-P3"),
    country: among("DE", "FR", "US", "CN", "BR", "T1", "GB", "XX"),
    asn: (random) => `AS${between(random, 174, 214_000)}`,
    rule: oneOf(
      (random) => hex(random, 32),
      (random) => String(between(random, 100_000, 100_999)),
      among("block-bad-bots", "geo_fence_2", "log4j-jndi"),
    ),
    unique: (random) => chars(random, 27, `${MIXED}@-`),
    fingerprint: among("s&1c", "1&1o", "sUEnk", "n;Ev", "s&sos"),
    matched: among("1' or '1'='1", "admin'--", "1;select pg_sleep(5)", "' UNION SELECT null,null"),
    markup: among("<script>alert(1)</script>", '<img src="x" onerror="a()">', "javascript:eval(name)"),
    worker: among("edge-router", "img-resizer", "ab-test-v3", "auth_gate"),
    property: among("id", "headers", "userId", "0", "toLowerCase"),
    kvkey: oneOf(
      (random) => `session:${base62(random, 21)}`,
      (random) => `cfg/${domain(random)}`,
      (random) => `flags_v${between(random, 1, 30)}`,
    ),
    tags: (random) =>
      `[${Array.from({ length: between(random, 1, 4) }, () => pick(random, ["home", `product-${between(random, 0, 9_998)}`, "nav", `cat:${between(random, 0, 59)}`])).join(", ")}]`,
    object: (random) => `https://${domain(random)}${target(random)}`,
    serial: (random) => hex(random, pick(random, [16, 32, 36])),
    issuer: among("R3", "Let's Encrypt E5", "DigiCert TLS RSA SHA256 2020 CA1", "acme internal CA", "GTS CA 1P5"),
    soa: (random) => `2025${two(between(random, 1, 12))}${two(between(random, 1, 28))}${two(between(random, 0, 29))}`,
    pointer: (random) => `0x7f${hex(random, 10)}`,
    ratekey: rateKey,
    quota: among("100/1m", "20/s", "5 per 10 seconds", "1000/h", "60"),
    plan: among("free", "pro", "Enterprise", "trial-14d"),
    versions: among("[302 301]", "[301]", "[300]", "[2 300]"),
    cipher: among(
      "TLS_AES_128_GCM_SHA256",
      "ECDHE-RSA-AES256-GCM-SHA384",
      "AES128-SHA",
      "TLS_CHACHA20_POLY1305_SHA256",
    ),
    backoff: among("60", "120", "300", "600", "1200.5"),
  },
  statements: [
    // The combined format, whoever writes it.
    '<address> - <login> [<clf>] "<request>" <status> <bytes> "<referer>" "<agent>"',
    // nginx's error log behind its header.
    [
      '*<conn> connect() failed (111: Connection refused) while connecting to upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>"',
      '*<conn> connect() failed (111: Connection refused) while connecting to upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>", referrer: "<referer>"',
    ],
    '*<conn> connect() failed (113: No route to host) while connecting to upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>"',
    '*<conn> recv() failed (104: Connection reset by peer) while reading response header from upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>"',
    [
      '*<conn> upstream timed out (110: Connection timed out) while reading response header from upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>"',
      '*<conn> upstream timed out (110: Connection timed out) while reading response header from upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>", referrer: "<referer>"',
    ],
    '*<conn> upstream timed out (110: Connection timed out) while connecting to upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>"',
    '*<conn> no live upstreams while connecting to upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<backend><target>", host: "<domain>"',
    '*<conn> upstream prematurely closed connection while reading response header from upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>"',
    '*<conn> open() "<file>" failed (2: No such file or directory), client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    '*<conn> open() "<file>" failed (13: Permission denied), client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    '*<conn> client intended to send too large body: <bytes> bytes, client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    '*<conn> limiting requests, excess: <excess> by zone "<zone>", client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    '*<conn> delaying request, excess: <excess>, by zone "<zone>", client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    '*<conn> limiting connections by zone "<zone>", client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    "*<conn> SSL_do_handshake() failed (SSL: <sslcode>:SSL routines::bad key share) while SSL handshaking, client: <address>, server: 0.0.0.0:443",
    "*<conn> SSL_do_handshake() failed (SSL: <sslcode>:SSL routines::unsupported protocol) while SSL handshaking, client: <address>, server: 0.0.0.0:443",
    '*<conn> an upstream response is buffered to a temporary file <temp> while reading upstream, client: <address>, server: <domain>, request: "<request>", upstream: "http://<upstream><target>", host: "<domain>"',
    '*<conn> access forbidden by rule, client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    '*<conn> user "<user>" was not found in "/etc/nginx/.htpasswd", client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    '*<conn> user "<user>": password mismatch, client: <address>, server: <domain>, request: "<request>", host: "<domain>"',
    "worker process <pid> exited on signal 11 (core dumped)",
    "worker process <pid> exited with code <small>",
    "<count> worker_connections are not enough",
    'host not found in upstream "<domain>" in <conf>',
    // Envoy.
    '[<iso>] "<request>" <status> - via_upstream - "-" <bytes> <bytes> <ms> <ms> "<address>" "<agent>" "<uuid>" "<domain>" "<upstream>" <cluster> <peer>',
    "[C<conn>][S<conn>] upstream reset: reset reason: connection timeout, transport failure reason: , cluster <cluster>, host <upstream>",
    "[C<conn>][S<conn>] upstream reset: reset reason: connection termination, transport failure reason: , cluster <cluster>, host <upstream>",
    "[C<conn>][S<conn>] upstream reset: reset reason: overflow, transport failure reason: , cluster <cluster>, host <upstream>",
    "cds: added/updated <small> cluster(s), skipped <small> unmodified cluster(s)",
    "lds: add/update listener '<listener>'",
    "gRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s) <listener>: cannot bind '<peer>': Address already in use",
    "StreamAggregatedResources gRPC config stream to <cluster> closed since <count>s ago: 14, upstream connect error or disconnect/reset before headers",
    // HAProxy.
    '<peer> [<hatime>] <frontend>~ <backend>/<server> <timers> <status> <bytes> - - ---- <conns> <small>/<small> "<request>"',
    'Server <backend>/<server> is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: <ms>ms. <small> active and <small> backup servers left. <count> sessions active, <small> requeued, <small> remaining in queue.',
    "Server <backend>/<server> is DOWN, reason: Layer7 wrong status, code: <badstatus>, check duration: <ms>ms. <small> active and <small> backup servers left. <count> sessions active, <small> requeued, <small> remaining in queue.",
    "Server <backend>/<server> is UP, reason: Layer7 check passed, code: <good>, check duration: <ms>ms. <small> active and <small> backup servers online. <count> sessions requeued, <small> total in queue.",
    "backend <backend> has no server available!",
    "<peer> [<hatime>] <frontend>/<small>: SSL handshake failure",
    "Proxy <backend> stopped (cumulated conns: FE: <count>, BE: <count>).",
    // Traefik and Caddy.
    'time="<iso>" level=error msg="Unable to obtain ACME certificate for domains \\"<domains>\\": cannot get ACME client acme: error: <badstatus> :: POST :: https://acme-v02.api.letsencrypt.org/acme/new-order" providerName=le.acme routerName=<router> rule="Host(`<domain>`)"',
    'time="<iso>" level=warning msg="Health check failed, removing from server list. Backend: \\"<router>\\" URL: \\"http://<upstream>\\" Weight: 1 Reason: HTTP request failed: Get \\"http://<upstream>/ping\\": context deadline exceeded"',
    '{"level":"error","entryPointName":"websecure","routerName":"<router>","error":"the service \\"<router>\\" does not exist","time":"<iso>"}',
    '{"level":"info","ts":<epoch>,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"<address>","remote_port":"<port>","proto":"HTTP/2.0","method":"<method>","host":"<domain>","uri":"<target>"},"bytes_read":<bytes>,"duration":<seconds>,"size":<bytes>,"status":<status>}',
    '{"level":"error","ts":<epoch>,"logger":"tls.obtain","msg":"will retry","error":"[<domain>] Obtain: subproblem: DNS problem: NXDOMAIN looking up A","attempt":<small>,"retrying_in":<backoff>,"elapsed":<seconds>,"max_duration":2592000}',
    '{"level":"info","ts":<epoch>,"logger":"tls.obtain","msg":"certificate obtained successfully","identifier":"<domain>"}',
    '{"level":"error","ts":<epoch>,"logger":"http.log.error","msg":"dial tcp: lookup <domain> on <ip>:53: no such host","request":{"remote_ip":"<address>","method":"<method>","host":"<domain>","uri":"<target>"},"duration":<seconds>,"status":502,"err_id":"<nanoid>"}',
    // Varnish.
    "Child (<pid>) not responding to CLI, killed it.",
    "Child (<pid>) died signal=<small>",
    'Backend_health - boot.<server> Went sick ------- <small> <small> <small> 0.000000 <seconds> "Open timeout (no connection)"',
    'Backend_health - boot.<server> Back healthy 4---X-RH <small> <small> <small> <seconds> <seconds> "HTTP/1.1 <good> OK"',
    "<conn> FetchError http first read error: EOF backend=<backend> attempt=<small>",
    // Firewalls.
    'ModSecurity: Access denied with code 403 (phase 2). Matched "Operator `Ge\' with parameter `5\' against variable `TX:ANOMALY_SCORE\' (Value: `<small>\' ) [file "/etc/modsec/REQUEST-949-BLOCKING-EVALUATION.conf"] [line "<line>"] [id "949110"] [uri "<target>"] [unique_id "<unique>"], client: <address>, server: <domain>',
    'ModSecurity: Warning. detected SQLi using libinjection with fingerprint `<fingerprint>\' [file "/etc/modsec/REQUEST-942-APPLICATION-ATTACK-SQLI.conf"] [line "<line>"] [id "942100"] [data "Matched Data: <matched>"] [uri "<target>"] [unique_id "<unique>"]',
    'ModSecurity: Warning. detected XSS using libinjection. [file "/etc/modsec/REQUEST-941-APPLICATION-ATTACK-XSS.conf"] [line "<line>"] [id "941100"] [data "Matched Data: <markup>"] [uri "<target>"] [unique_id "<unique>"]',
    "waf: request blocked rule=<rule> ray=<rayid> client=<address> country=<country> asn=<asn> path=<target> score=<small>",
    "waf: managed challenge issued rule=<rule> ray=<rayid> client=<address> country=<country> asn=<asn> path=<target> score=<small>",
    [
      "bot score <small> for <address> (<country>, <asn>), letting through",
      'bot score <small> for <address> (<country>, <asn>), letting through, ua="<agent>"',
    ],
    // CDN and workers.
    "Worker exceeded CPU time limit. script=<worker> ray=<rayid> cpu=<ms>ms",
    "Worker exceeded memory limit. script=<worker> ray=<rayid> heap=<megabytes>MB",
    "Uncaught TypeError: Cannot read properties of undefined (reading '<property>')\n    at handle (worker.js:<small>:<small>)\n    at fetch (worker.js:<count>:<small>)",
    "cache MISS <object> colo=<colo> ray=<rayid> age=0 ttl=<count>",
    "cache HIT <object> colo=<colo> ray=<rayid> age=<count> ttl=<count>",
    "purged <count> objects by tags <tags> across <small> colos in <ms>ms",
    "KV get '<kvkey>' took <ms>ms from <colo> (cacheTtl=<ttl>)",
    "origin <domain> answered 522 after <seconds>s, ray <rayid>, serving stale copy aged <count>s",
    "origin <domain> answered 524 after <seconds>s, ray <rayid>, serving stale copy aged <count>s",
    // TLS.
    "http: TLS handshake error from <peer>: EOF",
    "http: TLS handshake error from <peer>: remote error: tls: bad certificate",
    "http: TLS handshake error from <peer>: tls: client offered only unsupported versions: <versions>",
    [
      "certificate for <domain> expires in <small> days (serial <serial>, issuer <issuer>)",
      "certificate for <domain> expires in <small> days (serial <serial>, issuer <issuer>), names [<domains>]",
    ],
    "x509: certificate has expired or is not yet valid: current time <iso> is after <iso>",
    "x509: certificate is valid for <domains>, not <domain>",
    "negotiated weak cipher <cipher> with <peer> sni=<domain>",
    // Names.
    "client @<pointer> <address>#<port> (<domain>): query (cache) '<domain>/A/IN' denied",
    "lame server resolving '<domain>' (in '<domain>'?): <address>#53",
    "zone <domain>/IN: loaded serial <soa>",
    "transfer of '<domain>/IN' from <address>#53: Transfer completed: <small> messages, <count> records, <bytes> bytes, <seconds> secs (<bytes> bytes/sec) (serial <soa>)",
    "query[A] <domain> from <address>",
    "query[AAAA] <domain> from <address>",
    "reply <domain> is <address>",
    // Limits.
    "rate limit exceeded: key=<ratekey> limit=<quota> remaining=0 reset=<small>s route=/api/v1/search",
    "rate limit exceeded: key=<ratekey> limit=<quota> remaining=0 reset=<small>s route=/api/v1/login",
    '{"level":"warn","time":"<iso>","msg":"request rate limited","client_ip":"<address>","key":"<ratekey>","plan":"<plan>","tokens":<seconds>,"retry_after_ms":<ms>,"path":"<target>"}',
    "sliding window of <ratekey> (<plan>): <count> of <count> requests used in the last <small>s, <percent> left",
    "token bucket <ratekey> refilled to <count> tokens",
  ],
};
