import * as z from "zod";
import { Log0Error } from "../../core/errors.ts";
import { renderEmail } from "../../core/notifications/email.ts";
import type { Notice } from "../../core/notifications/notice.ts";
import type { Mailer } from "./access.ts";

const Done = z.array(z.string());

/** Who has a message already, as it was noted. */
export function recipientsDone(handle: string | null): string[] {
  return handle === null ? [] : Done.parse(JSON.parse(handle));
}

export interface Mail {
  notice: Notice;
  /** As core/notifications/email.ts asks for it, without the recipient. */
  id: string;
  thread?: string;
  at: number;
}

/**
 * Sends a notice to each recipient a message of its own: none sees the others.
 * @param done who has it already
 * @param note called after each with all who have it
 * @throws Log0Error delivery_failed when all others have theirs: of one that another try may help, if there is any
 */
export async function sendEmail(
  mailer: Mailer,
  mail: Mail,
  recipients: readonly string[],
  done: readonly string[],
  note: (done: readonly string[]) => Promise<void>,
): Promise<void> {
  const reached = [...done];
  const failures: unknown[] = [];
  for (const [index, to] of recipients.entries()) {
    if (reached.includes(to)) continue;
    const { notice, id, thread, at } = mail;
    const mime = renderEmail(notice, { from: mailer.from, to, id: `${id}.${index}`, thread, at });
    try {
      await mailer.send(to, mime);
    } catch (error) {
      failures.push(error);
      continue;
    }
    reached.push(to);
    await note(reached);
  }
  const isPermanent = (error: unknown) => error instanceof Log0Error && error.permanent;
  if (failures.length > 0) throw failures.find((error) => !isPermanent(error)) ?? failures[0];
}
