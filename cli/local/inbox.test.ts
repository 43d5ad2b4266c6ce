import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { renderEmail } from "../../core/notifications/email.ts";
import { testNotice } from "../../core/notifications/notice.ts";
import { readInbox } from "./api-client.ts";
import { InboxEmail } from "./email-inbox.ts";
import { type Inbox, startInbox } from "./inbox.ts";

let directory: string;
let inbox: Inbox;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "log0-inbox-"));
  inbox = await startInbox({ port: 0, file: join(directory, "inbox.json") });
});
afterEach(async () => {
  await inbox.close();
  rmSync(directory, { recursive: true, force: true });
});

const Answer = z.record(z.string(), z.unknown());
const json = { authorization: "Bearer xoxb-any", "content-type": "application/json; charset=utf-8" };

async function call(method: string, body: object | string, headers: Record<string, string> = json) {
  const response = await fetch(`${inbox.apiUrl}/${method}`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: Answer.parse(await response.json()) };
}

test("a posted and edited message can be read as JSON and as a page without script", async () => {
  const { answer } = await call("chat.postMessage", { channel: "#incidents", text: "first" });
  expect(answer).toMatchObject({ ok: true });
  expect(await call("chat.update", { ...answer, text: "<b>second</b>" })).toMatchObject({ answer: { ok: true } });

  expect(await readInbox(inbox.url)).toMatchObject([{ channel: "#incidents", text: "<b>second</b>", edits: 1 }]);
  const page = await fetch(inbox.url);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await page.text()).toContain("second");
  expect((await fetch(new URL("inbox.css", inbox.url))).headers.get("content-type")).toContain("text/css");
});

test.each([
  ["no token", { channel: "#a", text: "x" }, { "content-type": "application/json" }, "not_authed"],
  ["another kind of token", { channel: "#a", text: "x" }, { ...json, authorization: "Basic eA==" }, "not_authed"],
  ["a form", "channel=a&text=x", { ...json, "content-type": "application/x-www-form-urlencoded" }, "invalid_post_type"],
  ["broken JSON", "{", json, "invalid_json"],
  ["2 MB", { channel: "#a", text: "x".repeat(2_000_000) }, json, "request_too_large"],
  ["blocks that Slack refuses", { channel: "#a", blocks: [{ type: "x" }] }, json, "invalid_blocks"],
])("refuses %s with status 200, like Slack", async (_what, body, headers, error) => {
  expect(await call("chat.postMessage", body, headers)).toMatchObject({ status: 200, answer: { ok: false, error } });
  expect(await readInbox(inbox.url)).toEqual([]);
});

test("an e-mail can be read as JSON and on the page, as text", async () => {
  const notice = testNotice("<b>ops</b> größer", 0, "https://log0.test");
  const mime = renderEmail(notice, { from: "log0@log0.test", to: "a@b.test", id: "1", thread: undefined, at: 0 });
  const post = (body: string) =>
    fetch(inbox.emailUrl, {
      method: "POST",
      headers: { "content-type": "message/rfc822", "x-envelope-from": "log0@log0.test", "x-envelope-to": "a@b.test" },
      body,
    });
  expect((await post(mime)).status).toBe(202);
  expect((await post("no mail")).status).toBe(400);
  const { emails } = z
    .object({ emails: z.array(InboxEmail) })
    .parse(await (await fetch(new URL("emails", inbox.url))).json());
  expect(emails).toMatchObject([
    { from: "log0@log0.test", to: "a@b.test", subject: "Test of the log0 channel <b>ops</b> größer" },
  ]);
  expect(emails[0]?.text).toContain("It works");
  const page = await (await fetch(inbox.url)).text();
  expect(page).toContain("Test of the log0 channel &lt;b&gt;ops&lt;/b&gt; größer");
  expect(page).not.toContain("<b>ops");
});

test("an edit of what was never posted is refused", async () => {
  const { answer } = await call("chat.update", { channel: "C0123456789", ts: "1.000001", text: "x" });
  expect(answer).toEqual({ ok: false, error: "message_not_found" });
});

test.each([
  ["GET", "/nothing", 404],
  ["POST", "/messages", 405],
  ["GET", "/api/chat.postMessage", 404],
])("%s %s → %i", async (method, path, status) => {
  expect((await fetch(new URL(path, inbox.url), { method })).status).toBe(status);
});

test("another host name that points to this machine is refused", async () => {
  const status = await new Promise((resolve, reject) => {
    request(new URL("messages", inbox.url), { headers: { host: "evil.test" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(403);
});

test("messages outlive a restart, so that they can still be edited", async () => {
  const { answer } = await call("chat.postMessage", { channel: "#incidents", text: "before" });
  await inbox.close();
  inbox = await startInbox({ port: 0, file: join(directory, "inbox.json") });
  expect(await call("chat.update", { ...answer, text: "after" })).toMatchObject({ answer: { ok: true } });
  expect(await readInbox(inbox.url)).toMatchObject([{ text: "after", edits: 1 }]);
});

test("a file that cannot be read is an empty inbox", async () => {
  writeFileSync(join(directory, "broken.json"), "{");
  const other = await startInbox({ port: 0, file: join(directory, "broken.json") });
  expect(await readInbox(other.url)).toEqual([]);
  await other.close();
});

test("a taken port is an error", async () => {
  await expect(startInbox({ port: Number(new URL(inbox.url).port) })).rejects.toThrow("EADDRINUSE");
});
