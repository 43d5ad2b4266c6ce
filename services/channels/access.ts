import { Log0Error } from "../../core/errors.ts";
import type { UrlPolicy } from "../../core/net/public-url.ts";
import type { SlackDefaults } from "../notifications/slack-target.ts";

/** A way to send e-mail. */
export interface Mailer {
  /** Address of the sender. */
  from: string;
  /** @param mime the whole message @throws Log0Error delivery_failed */
  send(to: string, mime: string): Promise<void>;
}

/** What a deployment has for reaching channels. */
export interface ChannelAccess {
  /** What links begin with. */
  publicUrl: string;
  urls: UrlPolicy;
  /** All tenants are the operator's own teams: they share its Slack, and may have mail sent to anybody. */
  tenantsTrusted: boolean;
  slack: SlackDefaults;
  mailer: Mailer | undefined;
}

/** @throws Log0Error delivery_failed: somebody has to set the deployment up first */
export function mailerOf({ mailer }: Pick<ChannelAccess, "mailer">): Mailer {
  if (mailer === undefined) throw new Log0Error("delivery_failed", "this deployment sends no e-mail");
  return mailer;
}
