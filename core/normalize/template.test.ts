import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { group, template } from "./index.ts";

test.each([
  ["Connection timeout to payment-gateway after 30000ms", "Connection timeout to payment-gateway after <duration>"],
  ["Connection timeout to db.example.com:5432 after 3s", "Connection timeout to <host>:<number> after <duration>"],
  ["Connection timeout to 10.0.0.7:5432 after 1m3s", "Connection timeout to <host>:<number> after <duration>"],
  ["ping 10.0.0.7 and fe80::1", "ping <ip> and <ip>"],
  ["job 1f9c2b44-8d0e-4c57-9a2b-0c6d1e2f3a4b done", "job <uuid> done"],
  ["digest 9f86d081884c7d659a2feaa0c55ad015 at 0x7ffee4", "digest <id> at <id>"],
  ["wrote /var/lib/app/data.db and C:\\Temp\\x.txt", "wrote <id> and <id>"],
  ["calling https://example.com/a?b=1&c=2 now", "calling <url> now"],
  ["mail to bob@example.com queued", "mail to <id> queued"],
  [
    "at 2024-05-01T12:00:00.123Z and 2024-05-01 12:00:00,5 and Fri Jun 17 07:07:00 2005",
    "at <timestamp> and <timestamp> and <timestamp>",
  ],
  ["used 512Mi of 1.5 GB", "used <size> of <size>"],
  ["12 rows, 99.5% of 1,234,567", "<number> rows, <number> of <number>"],
  ["running v1.2.3 instead of 2.6.9-42.el7", "running <id> instead of <id>"],
  ["could not open 'orders.csv' for \"bob the builder\"", "could not open <string> for <string>"],
  ["retry=3 delay=2s reason=null next = 7", "retry=<value> delay=<value> reason=<value> next = <value>"],
  ["targets: [10.0.0.1, 10.0.0.2, 10.0.0.3]", "targets: <list>"],
  ['payload {"a":1,"b":[2]} dropped', "payload <json> dropped"],
  ["user alice unlocked", "user <id> unlocked"],
  ["user alice@example.com unlocked", "user <id> unlocked"],
  ["charged 12.50 EUR", "charged <money>"],
  ["pod checkout-7d9f8b6c5d-x2x4k evicted", "pod <id> evicted"],
  ["\u001b[31mfailed\u001b[0m   after 3 tries", "failed after <number> tries"],
])("%j becomes %j", (message, expected) => {
  expect(template(message).template).toBe(expected);
});

describe("what tells problems apart stays", () => {
  test.each([
    "connect ECONNREFUSED",
    "ERR_HTTP2_STREAM_ERROR while sending",
    "utf-8 and sha256 over http2",
    "java.lang.IllegalStateException: closed",
    "com.acme.orders.OrderException: declined",
    "rpc failed with Unavailable",
    "user not found",
    "session expired",
    "don't panic, it's fine",
  ])("%j keeps every word", (message) => {
    expect(group(message)).toBe(message);
  });

  test.each([
    ["card expired for order 12", "insufficient funds for order 12"],
    ["Task moved from NEW to RUNNING", "Task moved from RUNNING to FAILED"],
    ["connection established", "connection closed"],
    ["user session expired", "user profile expired"],
    ["ECONNRESET by peer", "ETIMEDOUT by peer"],
  ])("%j and %j are two problems", (one, other) => {
    expect(group(one)).not.toBe(group(other));
  });
});

/** Text with what templates care about: words, numbers, quotes, brackets, any unicode. */
const piece = fc.oneof(
  fc.constantFrom(
    "user",
    "alice",
    "failed",
    "=",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ":",
    " ",
    "  ",
    "<number>",
    "\\",
    "/a/b",
    "GET",
  ),
  fc.integer().map(String),
  fc.uuid(),
  fc.ipV4(),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const message = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(""));

/** Pieces of the lines that programs write, apart by spaces: one line, no JSON, no pairs alone. */
const sentence = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."Failed to connect user alice order for in Ann Lee (attempt 3/5) took=12ms err=timeout key: [a, b] [1] , : - -> #12 GET /api/v1/users/12 'a b' \"c\" {} { } ECONNREFUSED 1.2.3.4:80 [::1]:80 $12 an hour ago SELECT sess:1f0c9a7be4b0d21c orders.v1-3 \\ = / code = Unavailable desc".split(
          " ",
        ),
      ),
      fc.uuid(),
      fc.ipV4(),
      fc.integer().map(String),
      fc.webUrl(),
      fc.emailAddress(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.base64String({ minLength: 4, maxLength: 40 }),
    ),
    { minLength: 1, maxLength: 24 },
  )
  .map((parts) => `Line ${parts.join(" ")}`);

describe("properties", () => {
  test("any text has a template, always the same", () => {
    fc.assert(
      fc.property(message, (text) => {
        expect(template(text).template).toBe(template(text).template);
      }),
      { numRuns: 500 },
    );
  });

  test("the template of a line of text is what it is grouped by", () => {
    fc.assert(
      fc.property(sentence, (text) => {
        expect(group(text)).toBe(template(text).template);
      }),
      { numRuns: 1000 },
    );
  });

  test("lone surrogates are text like any other", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0xd700, max: 0xe000 }), { maxLength: 50 }), (codes) => {
        expect(typeof group(String.fromCharCode(...codes))).toBe("string");
      }),
    );
  });

  test("masked tokens lie in the message, in order and apart", () => {
    fc.assert(
      fc.property(message, (text) => {
        let end = 0;
        for (const token of template(text).tokens) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  test("a changed number keeps the group", () => {
    const number = fc.integer({ min: 1, max: 99_999 });
    fc.assert(
      fc.property(number, number, number, number, (a, b, c, d) => {
        const line = (x: number, y: number): string => `Processed ${x} records of shard ${y} in ${x}ms (limit=${y})`;
        expect(group(line(a, b))).toBe(group(line(c, d)));
      }),
    );
  });

  test("a changed hex id keeps the group, also when it has digits alone", () => {
    const id = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(id, (hex) => {
        expect(group(`container ${hex}0 exited`)).toBe("container <id> exited");
      }),
    );
  });
});

test("the order of lines changes no template", () => {
  const lines = Array.from(
    { length: 300 },
    (_, i) => `worker ${i} lost lease ${i * 7919} of 'job-${i % 7}' after ${i}ms`,
  );
  const forth = lines.map(group);
  const back = [...lines].reverse().map(group).reverse();
  expect(back).toEqual(forth);
  expect(new Set(forth).size).toBe(1);
});
