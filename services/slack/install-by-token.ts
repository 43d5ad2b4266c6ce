import { Log0Error } from "../../core/errors.ts";
import { testAuth } from "../notifications/slack-api.ts";
import { SlackError } from "../notifications/slack-error.ts";
import type { TenantScope } from "../platform.ts";
import { saveInstall } from "./save-install.ts";

/**
 * Takes a pasted bot token with the signing secret of its app, once Slack knows the token.
 * @throws Log0Error invalid_query when Slack refuses it, delivery_failed when Slack cannot be asked
 */
export async function installByToken(
  scope: TenantScope,
  apiUrl: string,
  { botToken, signingSecret, actor }: { botToken: string; signingSecret: string; actor: string },
): Promise<void> {
  let identity: Awaited<ReturnType<typeof testAuth>>;
  try {
    identity = await testAuth({ apiUrl, botToken });
  } catch (error) {
    if (!(error instanceof SlackError) || !error.permanent) throw error;
    throw new Log0Error("invalid_query", `Slack refuses the token: ${error.reason}`, { cause: error });
  }
  await saveInstall(scope, { kind: "token", ...identity, botToken, signingSecret, actor });
}
