import { parseKey, templateOf } from "./grammar.ts";
import { scan } from "./scan.ts";
import { parseStackTrace } from "./stack/parse.ts";

/** Lines that lead through every rule. */
const LINES = [
  '2024-05-01 12:00:00 [main] - user alice failed in 12ms (attempt 3/5, id=7 err="a b") for Ann Lee at [::1]:80: [a, b]',
  "GET /api/v1/orders/12?x=1 500 1.5 MB from 10.0.0.7:443 with curl/8.5.0 (x) $12.50 3 EUR an hour ago cart:{1f0c9a7b}:items",
  "SELECT a FROM t WHERE id IN (1, 2) AND name = 'x' {\"a\": 1} {'b'} com.acme.Order@1f2e3d order_events queue jobs, /a/b c:\\x",
  '"Failed to sync" pod="a/b" reason=OOMKilled code = Unavailable desc = x #12 sess:1f0c9a7be4b0d21c GatnnCJmvVXvDT, a-b_c.d',
  "Starting a-b-c x: b.C[1].d Foo BAR_BAZ in PsbmhyqAZJXSNGAAAB cn=a b,ou=c,dc=d 3 h 2 min, map[a:1] /a b (c).txt of A & B 12, etag 1 (a 1)",
];

/** Frames, and lines that only begin like one. */
const TRACES = ["E: x\n\tat a.b.C.d(C.java:1)\n", "E: x\nat a\n    at run (/a/b.js:1:2)\n"].map((trace) =>
  trace.repeat(30),
);

/** How often: enough that the engine has compiled what it compiles at the first calls, and no more. */
const ROUNDS = 3;

/** What is not compiled yet is many times slower: without this the first line of a process would pay for it. */
export function warmUp(): void {
  for (let round = 0; round < ROUNDS; round++) {
    for (const line of LINES) templateOf(parseKey(scan(line, [])));
    for (const trace of TRACES) parseStackTrace(trace);
  }
}
