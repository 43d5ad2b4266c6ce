import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { NotificationType } from "../../schema/contracts/notification-event.ts";
import { anyIncident, hostileText, incidentWith } from "../incidents/incident.fixtures.ts";
import { DISCORD_LIMITS, embedCharacters, escapeMarkdown, renderDiscord } from "./discord.ts";
import { renderEmail } from "./email.ts";
import { digestNotice, incidentNotice, oneLine, testNotice } from "./notice.ts";
import { Block } from "./slack-blocks.ts";
import { renderPlainNotice } from "./slack-plain.ts";
import { incidentMessage, signWebhook, webhookSecret } from "./webhook.ts";

const url = "https://log0.test";
const envelope = { from: "log0@log0.test", to: "on.call@acme.test", id: "id-1.0", thread: "incident-1", at: 0 };
const anyNotice = fc
  .tuple(anyIncident, fc.constantFrom(...NotificationType.options))
  .map(([incident, type]) => incidentNotice(incident, type, url));

/** A MIME message as a mail program reads it: headers unfolded, parts decoded. */
function readMime(mime: string) {
  const [head = "", ...rest] = mime.split("\r\n\r\n");
  const headers = new Map(
    head
      .replace(/\r\n[ \t]+/g, " ")
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const),
  );
  const boundary = /boundary=([\w.-]{1,70})$/.exec(headers.get("Content-Type") ?? "")?.[1] ?? "";
  const parts = rest
    .join("\r\n\r\n")
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => part.trim().split("\r\n\r\n"));
  return {
    lines: head.split("\r\n"),
    headers,
    types: parts.map(([header]) => /Content-Type: ([^;]+)/.exec(header ?? "")?.[1]),
    bodies: parts.map(([, body]) => Buffer.from(body ?? "", "base64").toString()),
  };
}

function subjectOf(headers: ReadonlyMap<string, string>): string {
  const word = /^=\?utf-8\?B\?([^?]*)\?=$/.exec(headers.get("Subject") ?? "")?.[1];
  return Buffer.from(word ?? "", "base64").toString();
}

describe("an e-mail", () => {
  const incident = incidentWith({
    title: "Größe <b>\r\nBcc: evil@evil.test",
    topMessages: ["<script>alert(1)</script>"],
  });
  const mail = readMime(renderEmail(incidentNotice(incident, "INCIDENT_CREATED", url), envelope));

  test("has the headers of a mail that a machine wrote", () => {
    expect(Object.fromEntries(mail.headers)).toMatchObject({
      Date: "Thu, 01 Jan 1970 00:00:00 +0000",
      From: "=?utf-8?B?bG9nMA==?= <log0@log0.test>",
      To: "<on.call@acme.test>",
      "Message-ID": "<id-1.0@log0.test>",
      References: "<incident-1@log0.test>",
      "MIME-Version": "1.0",
      "Auto-Submitted": "auto-generated",
    });
    expect(subjectOf(mail.headers)).toBe("[HIGH] payment-service: Größe <b> Bcc: evil@evil.test");
    expect(mail.headers.has("Bcc")).toBe(false);
  });

  test("says the same as text and as HTML, in which nothing is markup but ours", () => {
    expect(mail.types).toEqual(["text/plain", "text/html"]);
    const [text = "", html = ""] = mail.bodies;
    expect(text).toContain("<script>alert(1)</script>");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    for (const body of [text, html]) {
      expect(body).toContain("2,400 in 3 min");
      expect(body).toContain(`${url}/api/v1/incidents/${incident.id}`);
    }
  });

  test("is the same when it is made again", () => {
    const notice = testNotice("ops", 0, url);
    expect(renderEmail(notice, envelope)).toBe(renderEmail(notice, envelope));
  });

  test("of any incident has our headers only, in lines that every server takes, and our tags only", () => {
    const names = new Set(readMime(renderEmail(testNotice("x", 0, url), envelope)).headers.keys());
    fc.assert(
      fc.property(anyNotice, (notice) => {
        const mime = renderEmail(notice, envelope);
        const { headers, bodies } = readMime(mime);
        expect(new Set(headers.keys())).toEqual(names);
        for (const line of mime.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
        expect(mime).toMatch(/^[\x20-\x7e\r\n]*$/);
        expect(mime.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
        const tags = [...(bodies[1] ?? "").matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag);
        for (const tag of tags)
          expect(["html", "body", "h2", "table", "tr", "td", "pre", "p", "b", "br", "a"]).toContain(tag);
        expect(headers.get("Subject")?.length).toBeLessThan(900);
      }),
    );
  });

  test.each([
    { to: "a@b.test\r\nBcc: c@d.test" },
    { to: "a@b.test>, <c@d.test" },
    { from: "log0@log0.test\n" },
    { id: "x>\r\nX: y" },
  ])("with %o is refused", (fields) => {
    expect(() => renderEmail(testNotice("x", 0, url), { ...envelope, ...fields })).toThrow();
  });
});

describe("a Discord message", () => {
  test("mentions nobody and stays within Discord's limits, whatever the incident says", () => {
    fc.assert(
      fc.property(anyNotice, (notice) => {
        const message = renderDiscord(notice);
        expect(message.allowed_mentions).toEqual({ parse: [] });
        expect(embedCharacters(message)).toBeLessThanOrEqual(DISCORD_LIMITS.total);
        for (const { title, description = "x", fields } of message.embeds) {
          expect(title.length).toBeGreaterThan(0);
          expect(title.length).toBeLessThanOrEqual(DISCORD_LIMITS.title);
          expect(description.length).toBeLessThanOrEqual(DISCORD_LIMITS.description);
          expect(fields.length).toBeLessThanOrEqual(DISCORD_LIMITS.fields);
          for (const { name, value } of fields) {
            expect(name).not.toBe("");
            expect(value.trim()).not.toBe("");
            expect(value.length).toBeLessThanOrEqual(DISCORD_LIMITS.value);
          }
        }
      }),
    );
  });

  test.each([
    ["@everyone", "\\@everyone"],
    ["<@123> **b** [a](https://evil.test)", "\\<\\@123\\> \\*\\*b\\*\\* \\[a\\]\\(https\\://evil\\.test\\)"],
    ["# h\n> q\n- l", "\\# h\n\\> q\n\\- l"],
  ])("shows %j as it is", (text, escaped) => {
    expect(escapeMarkdown(text, 200)).toBe(escaped);
  });

  test("cuts a text between characters, not within an escape", () => {
    fc.assert(
      fc.property(hostileText, fc.nat({ max: 50 }), (text, characters) => {
        const cut = escapeMarkdown(text, characters);
        expect(cut.length).toBeLessThanOrEqual(characters);
        expect(cut.isWellFormed()).toBe(true);
        expect(/(?:^|[^\\])(?:\\\\)*\\$/.test(cut)).toBe(false);
      }),
    );
  });

  test("holds log text in a block that it cannot leave", () => {
    const message = renderDiscord(incidentNotice(incidentWith({ topMessages: ["a```b"] }), "INCIDENT_CREATED", url));
    expect(message.embeds[0]?.description).toBe("```\naˋˋˋb\n```");
  });

  test("is red while it burns, and green when it is resolved", () => {
    const color = (status: "NEW" | "RESOLVED") =>
      renderDiscord(incidentNotice(incidentWith({ status }), "INCIDENT_CREATED", url)).embeds[0]?.color;
    expect([color("NEW"), color("RESOLVED")]).toEqual([0xd93025, 0x188038]);
  });
});

describe("a webhook's message", () => {
  const secret = webhookSecret(new Uint8Array(32).fill(7));
  const message = incidentMessage(incidentWith(), "INCIDENT_CREATED", "tenant", url);

  test("says what happened and to what", () => {
    expect(message).toMatchObject({
      type: "incident.created",
      timestamp: "2026-01-05T10:00:00.000Z",
      data: {
        schemaVersion: "v1",
        tenantId: "tenant",
        incident: { severity: "HIGH", occurrences: 2_400, summary: null },
      },
    });
  });

  // The example of the specification (standardwebhooks.com, "Signature scheme").
  test("is signed as the scheme's published example", () => {
    const webhook = new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    expect(webhook.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", new Date(1_614_265_330_000), '{"test": 2432232314}')).toBe(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    );
  });

  test("is verified by a receiver that has the secret, and by none with another", () => {
    const { headers, body } = signWebhook(message, "msg_1", Date.now(), secret);
    expect(new Webhook(secret).verify(body, headers)).toEqual(message);
    const other = webhookSecret(new Uint8Array(32).fill(8));
    expect(() => new Webhook(other).verify(body, headers)).toThrow("No matching signature");
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
  });

  test("has a secret of 32 bytes", () => {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });
});

describe("a digest", () => {
  const held = (service: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      incident: { ...incidentWith(), serviceName: service, id: `${service}-${index}` },
      heldAt: index * 10_000,
    }));

  test.each([
    [held("checkout", 12), "12 incidents in checkout in 110 s"],
    [held("checkout", 1), "1 incident in checkout in 1 s"],
    [[...held("a", 1), ...held("a", 1)], "1 incident in a in 1 s"],
    [["a", "b"].flatMap((name) => held(name, 2)), "4 incidents in a, b in 10 s"],
    [["a", "b", "c", "d", "e"].flatMap((name) => held(name, 1)), "5 incidents in a, b, c and 2 other services in 1 s"],
  ])("counts incidents, not notices", (notices, headline) => {
    expect(digestNotice(notices, 0, url).headline).toBe(headline);
  });

  test("lists twenty incidents and counts the rest", () => {
    const lines = digestNotice(held("checkout", 30), 0, url).sections[0]?.[1].split("\n");
    expect(lines).toHaveLength(21);
    expect(lines?.at(-1)).toBe("and 10 more");
  });

  test("is a message that Slack takes", () => {
    const many = held("<!channel>".repeat(10), 30);
    for (const block of renderPlainNotice(digestNotice(many, 0, url)).blocks) {
      expect(Block.safeParse(block).error).toBeUndefined();
      expect(JSON.stringify(block)).not.toContain("*<!channel>");
    }
  });
});

test("a line has no line breaks, no other control characters, and no half characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const line = oneLine(text, 20);
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(line.isWellFormed()).toBe(true);
      expect(line.length).toBeLessThanOrEqual(20);
    }),
  );
  expect(oneLine("a\r\n\u202eb", 20)).toBe("a b");
});
