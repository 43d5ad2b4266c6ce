import * as z from "zod";

/** Older mails are forgotten: this is an inbox to look at, not an archive. */
const MAX_EMAILS = 200;

export const InboxEmail = z.object({
  /** Of the envelope. */
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  /** The text part. */
  text: z.string(),
  /** Unix ms. */
  receivedAt: z.number(),
});
export type InboxEmail = z.infer<typeof InboxEmail>;

const decode = (base64: string) => Buffer.from(base64, "base64").toString();

/** A header of a MIME entity; empty when it is not there. */
function headerOf(head: string, name: string): string {
  const line = head
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n")
    .find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? "";
}

/** Splits an entity at its first empty line. */
function split(entity: string): [head: string, body: string] {
  const end = entity.indexOf("\r\n\r\n");
  return end < 0 ? [entity, ""] : [entity.slice(0, end), entity.slice(end + 4)];
}

/**
 * Reads a mail as log0 writes it (core/notifications/email.ts): a subject in one encoded word, and parts in base64. It is
 * no reader for any mail.
 * @returns undefined when it is not such a mail
 */
export function readEmail(mime: string): Pick<InboxEmail, "subject" | "text"> | undefined {
  const [head, body] = split(mime);
  const boundary = /boundary=([\w.-]+)/.exec(headerOf(head, "content-type"))?.[1];
  if (boundary === undefined) return undefined;
  const parts = body.split(`--${boundary}`).map((part) => split(part.trim()));
  const text = parts.find(([partHead]) => headerOf(partHead, "content-type").startsWith("text/plain"));
  if (text === undefined) return undefined;
  const subject = headerOf(head, "subject");
  const word = /^=\?utf-8\?B\?([^?]*)\?=$/i.exec(subject)?.[1];
  return { subject: word === undefined ? subject : decode(word), text: decode(text[1]) };
}

/** E-mails in memory. */
export class EmailInbox {
  private readonly emails: InboxEmail[] = [];

  /** Newest first. */
  list(): InboxEmail[] {
    return this.emails.toReversed();
  }

  /** @param now Unix ms @returns whether it was a mail for somebody */
  take(mime: string, from: string, to: string, now: number): boolean {
    const read = readEmail(mime);
    if (read === undefined || to === "") return false;
    this.emails.push({ from, to, ...read, receivedAt: now });
    if (this.emails.length > MAX_EMAILS) this.emails.shift();
    return true;
  }
}
