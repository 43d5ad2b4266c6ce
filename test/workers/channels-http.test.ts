import { describe, expect, test } from "vitest";
import type { Log0Error } from "../../core/errors.ts";
import { checkTaken, postOutside } from "../../services/http/post-outside.ts";
import { answers, closed, hookUrl, received, type Scripted } from "./support/channels.ts";

const NOW = Date.parse("2026-01-05T10:00:00Z");

/** Posts to a receiver that answers like this. */
async function post(scripted: Scripted, timeoutMs = 10_000) {
  const key = crypto.randomUUID();
  await answers(key, [scripted]);
  const request = {
    url: new URL(hookUrl(key)),
    method: "POST",
    headers: { "x-a": "b" },
    body: "{}",
    timeoutMs,
  } as const;
  return { key, outcome: postOutside(request, NOW) };
}

async function failure(scripted: Scripted): Promise<Partial<Log0Error>> {
  const { outcome } = await post(scripted);
  try {
    checkTaken(await outcome);
  } catch (error) {
    return error instanceof Error ? { ...error, message: error.message } : {};
  }
  throw new Error("it was taken");
}

describe("a receiver that answers", () => {
  test.each([200, 201, 202, 204])("%i has the message", async (status) => {
    const { key, outcome } = await post({ status });
    checkTaken(await outcome);
    expect(await received(key)).toMatchObject([
      { method: "POST", body: "{}", headers: { "x-a": "b", "user-agent": "log0" } },
    ]);
  });

  test.each([400, 401, 403, 404, 410, 422])("%i will not have it: no other try", async (status) => {
    expect(await failure({ status })).toMatchObject({ code: "delivery_failed", permanent: true });
  });

  test.each([408, 425, 429, 500, 502, 503, 504])("%i may have it later", async (status) => {
    expect(await failure({ status })).toMatchObject({ code: "delivery_failed", permanent: false });
  });

  test.each([
    ["37", 37],
    ["0", 1],
    ["99999999", 3_600],
    ["Mon, 05 Jan 2026 10:01:00 GMT", 60],
    ["Mon, 05 Jan 2026 09:00:00 GMT", 1],
    ["soon", undefined],
  ])("429 with Retry-After: %s waits %s s", async (value, retryAfter) => {
    expect(await failure({ status: 429, headers: { "retry-after": value } })).toMatchObject({ retryAfter });
  });

  test("an error keeps its words to itself: nothing of them is shown", async () => {
    expect((await failure({ status: 500, body: "root:x:0:0" })).message).toBe("the receiver answers 500");
  });
});

test.each([301, 302, 303, 307, 308])(
  "a redirect (%i) is not followed, and no reason for another try",
  async (status) => {
    const elsewhere = crypto.randomUUID();
    const error = await failure({ status, headers: { location: hookUrl(elsewhere) } });
    expect(error).toMatchObject({ code: "delivery_failed", permanent: true });
    expect(await received(elsewhere)).toEqual([]);
  },
);

test("an answer of a megabyte is read to 64 KB", async () => {
  const { outcome } = await post({ status: 200, body: "é".repeat(500_000) });
  const { text } = await outcome;
  // Of two bytes a character; the last one may be cut.
  expect(Math.abs(text.length - 32 * 1024)).toBeLessThanOrEqual(1);
});

test("an endless answer is read to 64 KB, and its connection is closed", async () => {
  const { key, outcome } = await post({ status: 200, manner: "endless" });
  expect((await outcome).text).toHaveLength(64 * 1024);
  // What the sockets' buffers hold besides.
  expect(await closed(key)).toBeLessThan(64 * 1024 * 1024);
});

test("an answer that does not end in time counts by its status", async () => {
  const { key, outcome } = await post({ status: 200, body: "begun", manner: "silent-body" }, 300);
  expect(await outcome).toMatchObject({ status: 200, text: "begun" });
  expect(await closed(key)).toBeLessThan(10_000);
});

test("no answer in time is a failure of unknown outcome: it is tried again", async () => {
  const { key, outcome } = await post({ status: 200, manner: "silent" }, 300);
  await expect(outcome).rejects.toMatchObject({
    code: "delivery_failed",
    permanent: false,
    message: "the receiver does not answer within 0.3 s",
  });
  expect(await closed(key)).toBe(0);
});

test("a receiver that is not there is tried again", async () => {
  const request = { url: new URL("http://127.0.0.1:9/"), method: "POST", headers: {}, body: "" } as const;
  await expect(postOutside(request, NOW)).rejects.toMatchObject({ permanent: false });
});
