import { Log0Error } from "../../core/errors.ts";

/** Errors of the token or the app: nothing arrives until somebody installs it anew. */
const BROKEN_INSTALL = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "missing_scope",
  "team_access_not_granted",
]);

/** Errors that the same call cannot get over: someone has to change the token, the channel or the request. */
const PERMANENT = new Set([
  ...BROKEN_INSTALL,
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "invalid_blocks",
  "invalid_arguments",
  "msg_too_long",
  "cant_update_message",
  "message_not_found",
  "users_not_found",
  "user_not_found",
  "expired_trigger_id",
  "invalid_trigger_id",
  "cannot_dm_bot",
  "user_disabled",
  "invalid_code",
  "code_already_used",
  "bad_client_secret",
  "invalid_client_id",
  "bad_redirect_uri",
]);

/** Slack's own word for "something went wrong, and perhaps it was done all the same". */
const UNSURE = new Set(["fatal_error", "internal_error"]);

/** Somebody has deleted the message that is to be edited or answered. */
const GONE = new Set(["message_not_found", "thread_not_found", "cannot_reply_to_message"]);

/** A call to Slack that did not succeed. */
export class SlackError extends Log0Error {
  /** Slack's word for it, or ours where Slack said none: `timeout`, `http_503`, `unreadable`. */
  readonly reason: string;
  /** It may have been done: Slack did not say. */
  readonly unknown: boolean;

  constructor(
    reason: string,
    message: string,
    options: { permanent: boolean; unknown?: boolean; retryAfter?: number; cause?: unknown },
  ) {
    super("delivery_failed", message, options);
    this.name = "SlackError";
    this.reason = reason;
    this.unknown = options.unknown ?? false;
  }

  /** Whether the install is to blame, not the message or the channel. */
  get breaksInstall(): boolean {
    return this.unknown || BROKEN_INSTALL.has(this.reason);
  }

  get saysGone(): boolean {
    return GONE.has(this.reason);
  }
}

/** What Slack says in an answer that refuses. */
export function slackRefuses(reason: string): SlackError {
  return new SlackError(reason, `Slack refuses: ${reason}`, {
    permanent: PERMANENT.has(reason),
    unknown: UNSURE.has(reason),
  });
}
