import { describe, expect, it } from "vitest";
import { renderEmail } from "../notifications/email.ts";
import type { Notice } from "../notifications/notice.ts";
import { invitationNotice, passwordChangedNotice, resetNotice } from "./mails.ts";

const now = 1_790_000_000_000;
const link = "https://log0.example/join#l0i_abc";
const invitation = (tenant: string, inviter?: string) =>
  invitationNotice({ tenant, role: "member", inviter, link }, now);

/** The header lines and the two bodies of a mail. */
function mail(notice: Notice) {
  const raw = renderEmail(notice, { from: "log0@a.example", to: "ada@b.example", id: "1", thread: undefined, at: now });
  const body = (type: string) => {
    const encoded = raw.split(`Content-Type: ${type}`)[1]?.split("\r\n\r\n")[1] ?? "";
    return Buffer.from(encoded, "base64").toString("utf8");
  };
  return { headers: raw.split("\r\n\r\n")[0] ?? "", text: body("text/plain"), html: body("text/html") };
}

describe("a mail about an account", () => {
  it.each([
    ["an invitation", invitation("acme", "grace@acme.example"), ["acme", "grace@acme.example", "member", link]],
    ["an invitation of the operator", invitation("acme"), ["The operator invites you", link]],
    ["a reset", resetNotice(link, now), ["once", "one hour", link]],
    ["a new password", passwordChangedNotice("https://log0.example/forgot-password", now), ["/forgot-password"]],
  ])("that is %s says what it has to, in text and in HTML", (_name, notice, words) => {
    const { text, html } = mail(notice);
    for (const word of words) {
      expect(text).toContain(word);
      expect(html).toContain(word);
    }
  });

  it("cannot be made to say anything else by the name of a tenant or of a person", () => {
    const hostile = "x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>";
    const { headers, text, html } = mail(invitation(hostile, hostile));
    expect(headers.split("\r\n").filter((line) => /^bcc/i.test(line))).toEqual([]);
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain("<script>");
    expect(text).toContain("\r\nx Bcc: evil@example.com <script>alert(1)</script> invites you to x Bcc");
  });
});
