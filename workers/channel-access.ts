import { EmailMessage } from "cloudflare:email";
import { errorMessage, Log0Error } from "../core/errors.ts";
import type { ChannelAccess, Mailer } from "../services/channels/access.ts";
import type { Env } from "./env.ts";
import { slackDefaults, tenantsTrusted } from "./slack-defaults.ts";

/** Errors of the e-mail binding that pass; its other codes name what somebody has to change. */
const PASSING = new Set([
  "E_DELIVERY_FAILED",
  "E_RATE_LIMIT_EXCEEDED",
  "E_DAILY_LIMIT_EXCEEDED",
  "E_INTERNAL_SERVER_ERROR",
]);

const TIMEOUT_MS = 10_000;

function isPermanent(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return typeof error.code === "string" && error.code.startsWith("E_") && !PASSING.has(error.code);
}

/** Cloudflare's own e-mail. */
function bindingMailer(binding: SendEmail, from: string): Mailer {
  return {
    from,
    async send(to, mime) {
      try {
        await binding.send(new EmailMessage(from, to, mime));
      } catch (error) {
        const permanent = isPermanent(error);
        throw new Log0Error("delivery_failed", `e-mail: ${errorMessage(error)}`, { permanent, cause: error });
      }
    },
  };
}

/** The local inbox, which takes whole messages over HTTP. */
function inboxMailer(url: string, from: string): Mailer {
  return {
    from,
    async send(to, mime) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "message/rfc822", "x-envelope-from": from, "x-envelope-to": to },
        body: mime,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((error: unknown) => {
        throw new Log0Error("delivery_failed", "e-mail: the inbox cannot be reached", {
          permanent: false,
          cause: error,
        });
      });
      if (response.ok) return;
      const permanent = response.status < 500;
      throw new Log0Error("delivery_failed", `e-mail: the inbox answers ${response.status}`, { permanent });
    },
  };
}

function mailerOf({ EMAIL: binding, EMAIL_API_URL: url, EMAIL_FROM: from = "" }: Env): Mailer | undefined {
  if (from === "") return undefined;
  if (binding !== undefined) return bindingMailer(binding, from);
  return url === undefined || url === "" ? undefined : inboxMailer(url, from);
}

/** What this deployment has for reaching channels. */
export function channelAccess(env: Env): ChannelAccess {
  return {
    publicUrl: env.PUBLIC_URL,
    urls: { ownHosts: [new URL(env.PUBLIC_URL).hostname], allowLocal: env.ALLOW_LOCAL_URLS === "true" },
    tenantsTrusted: tenantsTrusted(env),
    slack: slackDefaults(env),
    mailer: mailerOf(env),
  };
}
