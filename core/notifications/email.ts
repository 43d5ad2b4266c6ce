import { createMimeMessage } from "mimetext/browser";
import { escapeHtml } from "./html.ts";
import { type Notice, oneLine } from "./notice.ts";

/** The longest subject: its bytes as an encoded word stay within a header's line of 998 (RFC 5322, 2.1.1). */
const SUBJECT_CHARACTERS = 150;

/** Characters of a line of base64 (RFC 2045, 6.8). */
const BASE64_LINE = /.{76}/g;

export interface Envelope {
  /** Addresses. */
  from: string;
  to: string;
  /** Unique for the message, the same when it is sent again; of letters, digits, `-` and `.`. */
  id: string;
  /** The same for all messages of an incident: mail programs show them as one conversation. */
  thread: string | undefined;
  /** Unix ms. */
  at: number;
}

function textOf({ headline, facts, sample, sections, links }: Notice): string {
  return [
    headline,
    facts.map(([label, value]) => `${label}: ${value}`).join("\n"),
    sample ?? "",
    ...sections.map(([label, value]) => `${label}\n${value}`),
    links.map(([label, url]) => `${label}: ${url}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function htmlOf({ headline, facts, sample, sections, links }: Notice): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td style="color:#666;padding-right:1em">${escapeHtml(label)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  const parts = [
    `<h2 style="font-size:17px">${escapeHtml(headline)}</h2>`,
    rows.length === 0 ? "" : `<table>${rows.join("")}</table>`,
    sample === undefined
      ? ""
      : `<pre style="background:#f4f4f4;padding:8px;white-space:pre-wrap;overflow-wrap:anywhere">${escapeHtml(sample)}</pre>`,
    ...sections.map(
      ([label, value]) => `<p><b>${escapeHtml(label)}</b><br>${escapeHtml(value).replaceAll("\n", "<br>")}</p>`,
    ),
    `<p>${links.map(([label, url]) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`).join(" · ")}</p>`,
  ];
  return `<!doctype html><html><body style="font:14px/1.5 sans-serif">${parts.join("\n")}</body></html>`;
}

function base64Lines(text: string): string {
  return Buffer.from(text.replace(/\r?\n/g, "\r\n"), "utf8").toString("base64").replace(BASE64_LINE, "$&\r\n");
}

/** A part of a header that is not encoded. @throws Error where it could end the header or its brackets */
function atom(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text) || /[<>,;]/.test(text)) throw new Error("not an address or id for a header");
  return text;
}

/**
 * A notice as a MIME message of text and HTML. The bodies travel as base64 and the subject as an encoded word: no text,
 * whatever it holds, can end a header or a part.
 * @throws Error when an address or id cannot stand in a header
 */
export function renderEmail(notice: Notice, { from, to, id, thread, at }: Envelope): string {
  const message = createMimeMessage();
  const domain = atom(from.slice(from.lastIndexOf("@") + 1));
  // The library would draw lots; here the id decides, so that the same mail is made again. Base64 holds no `--`.
  const boundary = (part: string) => `${part}_${atom(id)}`;
  message.boundaries = { mixed: boundary("mixed"), alt: boundary("alt"), related: boundary("related") };
  message.setSender({ addr: atom(from), name: "log0" });
  message.setTo({ addr: atom(to) });
  message.setSubject(oneLine(notice.headline, SUBJECT_CHARACTERS));
  message.setHeader("Date", new Date(at).toUTCString().replace("GMT", "+0000"));
  message.setHeader("Message-ID", `<${atom(id)}@${domain}>`);
  if (thread !== undefined) message.setHeader("References", `<${atom(thread)}@${domain}>`);
  // No answering machine shall answer (RFC 3834).
  message.setHeader("Auto-Submitted", "auto-generated");
  message.addMessage({ contentType: "text/plain", encoding: "base64", data: base64Lines(textOf(notice)) });
  message.addMessage({ contentType: "text/html", encoding: "base64", data: base64Lines(htmlOf(notice)) });
  return message.asRaw();
}
