import { uuidV7 } from "../../core/ids.ts";
import { renderEmail } from "../../core/notifications/email.ts";
import type { Notice } from "../../core/notifications/notice.ts";
import type { Mailer } from "../channels/access.ts";
import type { Bindings } from "../platform.ts";

/** Sends one mail of log0's own, which belongs to no channel. @throws Log0Error delivery_failed */
export async function sendMail(
  platform: Pick<Bindings, "now" | "random">,
  mailer: Mailer,
  to: string,
  notice: Notice,
): Promise<void> {
  const at = platform.now();
  const id = uuidV7(at, platform.random(10));
  await mailer.send(to, renderEmail(notice, { from: mailer.from, to, id, thread: undefined, at }));
}
