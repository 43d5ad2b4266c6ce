import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isSignedBySlack } from "../../core/auth/slack-signature.ts";
import { actionsBlock, encodeRef } from "../../core/notifications/slack-actions.ts";
import { type Interaction, parseInteraction } from "../../core/notifications/slack-interaction.ts";
import { assignModal } from "../../core/notifications/slack-modal.ts";
import { readInbox } from "./api-client.ts";
import { type Inbox, startInbox } from "./inbox.ts";
import { LOCAL_SIGNING_SECRET } from "./slack-click.ts";

const ref = { tenantId: "7b0c5b5e-0000-4000-8000-00000000000a", incidentId: "7b0c5b5e-0000-4000-8000-00000000000b" };
const open = {
  status: "NEW",
  snoozedAt: null,
  ignoredAt: null,
  escalatedAt: null,
  mergedInto: null,
} as const;

let worker: Server;
let inbox: Inbox;
/** What the Worker took, with a genuine signature. */
let taken: (Interaction | undefined)[];

beforeEach(async () => {
  taken = [];
  worker = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      const { "x-slack-request-timestamp": timestamp = "", "x-slack-signature": signature = "" } = request.headers;
      const headers = { timestamp: String(timestamp), signature: String(signature) };
      const genuine = isSignedBySlack(LOCAL_SIGNING_SECRET, headers, new TextEncoder().encode(body));
      const expected = request.url === "/api/v1/slack/interactions" && genuine;
      if (expected) taken.push(parseInteraction(body));
      response.writeHead(expected ? 200 : 401).end();
    });
  });
  worker.listen(0, "127.0.0.1");
  await once(worker, "listening");
  const address = worker.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  inbox = await startInbox({ port: 0, workerUrl: `http://127.0.0.1:${port}` });
});
afterEach(async () => {
  await inbox.close();
  worker.close();
});

function api(method: string, body: object) {
  return fetch(`${inbox.apiUrl}/${method}`, {
    method: "POST",
    headers: { authorization: "Bearer xoxb-any", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

function form(path: string, fields: Record<string, string>, origin = new URL(inbox.url).origin): Promise<Response> {
  return fetch(new URL(path, inbox.url), {
    method: "POST",
    headers: { origin },
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
}

/** Posts an alert with buttons. @returns its `ts` */
async function alert(): Promise<string> {
  await api("chat.postMessage", { channel: "#incidents", text: "down", blocks: [actionsBlock(open, ref, [])] });
  return (await readInbox(inbox.url))[0]?.ts ?? "";
}

describe("a click on the page", () => {
  test.each([
    [{ action: "acknowledge" }, { what: "acknowledge" }],
    [{ action: "resolve" }, { what: "resolve" }],
    [
      { action: "snooze", choice: "4h" },
      { what: "snooze", snooze: "4h" },
    ],
  ])("%j reaches the Worker, signed, as the wish %j", async (fields, wish) => {
    const response = await form("/click", { ts: await alert(), block: encodeRef(ref), ...fields });
    expect(response.status).toBe(303);
    expect(taken).toMatchObject([{ ref, wish, teamId: "TLOCAL", slackUserId: "ULOCAL" }]);
  });

  test.each([
    ["on a button that is not there", { action: "assign-all" }, 400],
    ["on a choice that is not there", { action: "snooze", choice: "9y" }, 400],
    ["on another block", { action: "resolve", block: "x" }, 400],
    ["on another message", { action: "resolve", ts: "1.1" }, 400],
  ])("%s goes nowhere", async (_, fields, status) => {
    const response = await form("/click", { ts: await alert(), block: encodeRef(ref), ...fields });
    expect(response.status).toBe(status);
    expect(taken).toEqual([]);
  });

  test.each(["http://evil.test", "null"])("from the page of %s is refused", async (origin) => {
    const response = await form("/click", { ts: await alert(), block: encodeRef(ref), action: "resolve" }, origin);
    expect(response.status).toBe(403);
    expect(taken).toEqual([]);
  });

  test("of Assign leads to a form, and what is filled in reaches the Worker", async () => {
    const view = assignModal({ ...ref, channel: "C1", from: null }, { title: "<b>t</b>", regressionOf: null }, [
      { id: ref.tenantId, name: "demo@log0.test" },
    ]);
    await api("views.open", { trigger_id: "1.2.x", view });
    const page = await (await fetch(new URL("modal", inbox.url))).text();
    expect(page).toContain("demo@log0.test");
    expect(page).toContain("&lt;b&gt;t");
    await form("/modal", { assignee: ref.tenantId, note: "look" });
    expect(taken).toMatchObject([{ ref, wish: { what: "assign", assigneeId: ref.tenantId, note: "look" } }]);
  });

  test("that log0 answers shows the answer", async () => {
    const answer = { response_type: "ephemeral", text: "Somebody was faster" };
    await fetch(new URL("respond", inbox.url), { method: "POST", body: JSON.stringify(answer) });
    expect(await readInbox(inbox.url)).toMatchObject([{ channel: "only you", text: "Somebody was faster" }]);
  });
});

describe("the local workspace", () => {
  const ask = async (method: string, query: Record<string, string>): Promise<unknown> => {
    const headers = { authorization: "Bearer xoxb-any" };
    const body = new URLSearchParams(query);
    return await (await fetch(`${inbox.apiUrl}/${method}`, { method: "POST", headers, body })).json();
  };

  test("knows the owner of the demo tenant, and nobody else", async () => {
    expect(await ask("auth.test", {})).toMatchObject({ ok: true, team_id: "TLOCAL" });
    expect(await ask("users.info", { user: "ULOCAL" })).toMatchObject({
      user: { profile: { email: "demo@log0.test" } },
    });
    expect(await ask("users.info", { user: "U2" })).toEqual({ ok: false, error: "user_not_found" });
    expect(await ask("users.lookupByEmail", { email: "x@y.test" })).toEqual({ ok: false, error: "users_not_found" });
  });

  test("shows replies with the message that they belong to", async () => {
    const ts = await alert();
    await api("chat.postMessage", { channel: "#incidents", text: "Resolved.", thread_ts: ts });
    expect(await (await fetch(inbox.url)).text()).toContain(`<a href="#m${ts}">in a thread</a>`);
  });
});
