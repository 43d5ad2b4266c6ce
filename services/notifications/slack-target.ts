import type { TenantScope } from "../platform.ts";
import { loadInstall } from "../slack/load-install.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import type { SlackAccess } from "./slack-api.ts";

/** The platform's own Slack, which serves tenants that have installed none. */
export interface SlackDefaults {
  apiUrl: string;
  /** Missing or empty: the platform has no Slack. */
  botToken?: string | undefined;
  /** For tenants that have chosen no channel. */
  defaultChannel: string;
  /** What links begin with. */
  publicUrl: string;
  /** Of the platform's app: without it nobody could tell whether a click is genuine, and there are no buttons. */
  signingSecret?: string | undefined;
}

/** Where, and as whom, messages go. */
export interface SlackTarget extends SlackAccess {
  channel: string;
  publicUrl: string;
  /** Whether clicks are answered. */
  interactive?: boolean;
  /** Which bot it is, for whoever must edit what it has posted; the platform's when missing. */
  sender?: string;
  /** The tenant's own install. */
  install?: { teamId: string; broken: boolean };
}

/**
 * A tenant's Slack: its own install, or the platform's.
 * @param channelName instead of the tenant's, or the platform's, usual one
 * @returns undefined when there is neither
 */
export async function slackTarget(
  scope: TenantScope,
  defaults: SlackDefaults,
  channelName?: string,
): Promise<SlackTarget | undefined> {
  const { apiUrl, publicUrl, signingSecret: platformSecret = "" } = defaults;
  const install = await loadInstall(scope);
  const botToken = install?.botToken ?? defaults.botToken ?? "";
  if (botToken === "") return undefined;
  const channel = channelName ?? (await loadTenant(scope)).settings.slackChannel ?? defaults.defaultChannel;
  const common = { apiUrl, botToken, channel, publicUrl };
  if (install === undefined) return { ...common, interactive: platformSecret !== "" };
  return {
    ...common,
    interactive: (install.signingSecret ?? platformSecret) !== "",
    sender: `${install.teamId}:${install.botUserId}`,
    install: { teamId: install.teamId, broken: install.broken },
  };
}
