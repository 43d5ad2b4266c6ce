import * as z from "zod";
import { STATE_MS } from "../../core/auth/signed-state.ts";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { isTenantId } from "../../schema/contracts/tenant-id.ts";
import { exchangeCode } from "../notifications/slack-api.ts";
import { SlackError } from "../notifications/slack-error.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";
import { requireActive } from "../tenants/tenant-state.ts";
import { type Installer, mayInstall } from "./may-install.ts";
import { saveInstall } from "./save-install.ts";
import { takeOnce } from "./take-once.ts";

/** What the bot may do, as in docs/slack-app-manifest.yaml. */
export const SLACK_SCOPES = ["chat:write", "chat:write.public", "im:write", "users:read", "users:read.email"] as const;

/** The platform's Slack app. */
export interface SlackApp {
  apiUrl: string;
  clientId: string;
  clientSecret: string;
  /** Where Slack sends the browser back to. */
  redirectUri: string;
}

const State = z.object({
  id: z.uuid(),
  at: z.number(),
  actor: z.string().max(100),
  sessionId: z.uuid().nullable(),
  for: z.literal("slack-install"),
});

/** The address of Slack's consent page. It lasts ten minutes, for this tenant and for one installation. */
export async function authorizeUrl(
  scope: TenantScope,
  app: Omit<SlackApp, "clientSecret">,
  { actor, sessionId }: Installer,
): Promise<string> {
  const at = scope.now();
  const content = JSON.stringify({ id: uuidV7(at, scope.random(10)), at, actor, sessionId, for: "slack-install" });
  // Sealed, it can neither be made nor changed by anybody else, nor be used for another tenant.
  const sealed = await scope.secrets().seal(scope.tenantId, content, scope.random(12));
  const url = new URL("/oauth/v2/authorize", app.apiUrl);
  url.search = new URLSearchParams({
    client_id: app.clientId,
    scope: SLACK_SCOPES.join(","),
    redirect_uri: app.redirectUri,
    state: `${scope.tenantId}.${sealed}`,
  }).toString();
  return url.toString();
}

/**
 * Whose installation a state belongs to.
 * @param browser the session that the browser which brings it has begun one in
 * @throws Log0Error unauthorized when it is forged, too old, or was used, when a session in another browser began it, when
 *   whoever began it may not any more, or its tenant is gone; tenant_suspended
 */
async function openState(
  platform: Platform,
  state: string,
  browser: string | undefined,
): Promise<{ scope: TenantScope; actor: string }> {
  const refused = (why: string) => new Log0Error("unauthorized", `the installation's state is ${why}; begin anew`);
  const [, tenantId, sealed] = /^([0-9a-f-]{36})\.(\S{1,2000})$/.exec(state) ?? [];
  if (tenantId === undefined || sealed === undefined || !isTenantId(tenantId)) throw refused("unknown");
  const scope = scopeTo(platform, tenantId);
  const text = await platform
    .secrets()
    .open(tenantId, sealed)
    .catch(() => undefined);
  const content = State.safeParse(text === undefined ? undefined : parse(text));
  if (!content.success) throw refused("unknown");
  if (platform.now() - content.data.at > STATE_MS) throw refused("too old");
  const { sessionId } = content.data;
  // Otherwise the link would have anybody finish it, and give their workspace to a tenant that they do not know.
  if (sessionId !== null && sessionId !== browser) throw refused("another browser's");
  await requireActive(scope);
  if (!(await mayInstall(platform, scope, content.data))) throw refused("of somebody who may not install any more");
  // By what is sealed: base64 can be written in several ways.
  if (!(await takeOnce(scope, `state:${content.data.id}`))) throw refused("used up");
  return { scope, actor: content.data.actor };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Finishes an installation: changes the code that the browser brings for the bot's token, and keeps it for the tenant
 * that began it.
 * @param answer what the browser brings, and the session that it has begun an installation in
 * @returns the workspace's name
 * @throws Log0Error unauthorized for a bad state; invalid_query when Slack refuses the code; delivery_failed
 */
export async function finishOauth(
  platform: Platform,
  app: SlackApp,
  { code, state, browser }: { code: string; state: string; browser: string | undefined },
): Promise<string> {
  const { scope, actor } = await openState(platform, state, browser);
  try {
    const client = { id: app.clientId, secret: app.clientSecret };
    const grant = await exchangeCode(app.apiUrl, client, code, app.redirectUri);
    await saveInstall(scope, { kind: "oauth", ...grant, signingSecret: undefined, actor });
    return grant.teamName;
  } catch (error) {
    if (!(error instanceof SlackError) || !error.permanent) throw error;
    throw new Log0Error("invalid_query", `Slack refuses the installation: ${error.reason}`, { cause: error });
  }
}
