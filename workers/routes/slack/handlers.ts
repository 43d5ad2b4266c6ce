import type { Context } from "hono";
import * as z from "zod";
import { Log0Error } from "../../../core/errors.ts";
import { parseInteraction } from "../../../core/notifications/slack-interaction.ts";
import { scopeTo } from "../../../services/platform.ts";
import { carryOut } from "../../../services/slack/carry-out.ts";
import { installByToken } from "../../../services/slack/install-by-token.ts";
import { authorizeUrl, finishOauth, type SlackApp } from "../../../services/slack/oauth.ts";
import { removeInstall } from "../../../services/slack/remove-install.ts";
import { showInstall } from "../../../services/slack/show-install.ts";
import { takeOnce } from "../../../services/slack/take-once.ts";
import { verifyInteraction } from "../../../services/slack/verify-interaction.ts";
import type { AppEnv } from "../../context.ts";
import type { Env } from "../../env.ts";
import { slackDefaults, tenantsTrusted } from "../../slack-defaults.ts";
import { clearState, readState, type StateCookie, setState } from "../../state-cookie.ts";
import { readAtMost } from "../ingest/read-body.ts";
import { validBody } from "../validate.ts";

const Token = z.strictObject({
  botToken: z.string().regex(/^xoxb-[\w-]{1,200}$/, "must be a bot token: xoxb-…"),
  signingSecret: z.string().regex(/^[0-9a-f]{32}$/, "must be 32 hex digits"),
});

const CALLBACK_PATH = "/api/v1/slack/oauth/callback";

/**
 * Names the session that an installation was begun in. Not the one installation: who asks again, in another tab, does not
 * take it away from the first.
 */
const BEGUN: StateCookie = { name: "log0_slack", path: CALLBACK_PATH };
const BEGUN_FOR = "slack-install";
const Begun = z.strictObject({ sessionId: z.uuid() });

const Callback = z.object({ code: z.string().min(1).max(500), state: z.string().min(1).max(2_100) });

/** A click brings the message that it was on along, encoded for a form. */
const MAX_INTERACTION_BYTES = 1024 * 1024;

/** The platform's app; undefined where the deployment has none. */
function appOf(env: Env): SlackApp | undefined {
  const { SLACK_CLIENT_ID: clientId = "", SLACK_CLIENT_SECRET: clientSecret = "" } = env;
  if (clientId === "" || clientSecret === "") return undefined;
  const redirectUri = `${env.PUBLIC_URL}${CALLBACK_PATH}`;
  return { apiUrl: env.SLACK_API_URL, clientId, clientSecret, redirectUri };
}

/**
 * `GET /slack/install`: the tenant's own Slack, without secrets, and where to install it through the platform's app. What a
 * person begins ends in the same browser alone.
 */
export async function getInstall(c: Context<AppEnv>): Promise<Response> {
  const { scope, principal } = c.var;
  const app = appOf(c.env);
  const install = await showInstall(scope);
  const sessionId = principal.user?.sessionId ?? null;
  // What a key begins could end in anybody's browser: a stranger would lend it a workspace without knowing to whom.
  const mayBegin = sessionId !== null || tenantsTrusted(c.env);
  if (app === undefined || !mayBegin) return c.json({ install, authorizeUrl: null });
  if (sessionId !== null) await setState(c, BEGUN, BEGUN_FOR, { sessionId });
  return c.json({ install, authorizeUrl: await authorizeUrl(scope, app, { actor: principal.actor, sessionId }) });
}

/** `PUT /slack/install`: a bot token with the signing secret of its app. */
export async function putInstall(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, Token);
  const { scope, principal } = c.var;
  await installByToken(scope, c.env.SLACK_API_URL, { ...body, actor: principal.actor });
  return c.json({ install: await showInstall(scope) });
}

/** `DELETE /slack/install` */
export async function deleteInstall(c: Context<AppEnv>): Promise<Response> {
  await removeInstall(c.var.scope, c.var.principal.actor);
  return c.body(null, 204);
}

/** `GET /slack/oauth/callback`: where Slack sends the browser back to. */
export async function oauthCallback(c: Context<AppEnv>): Promise<Response> {
  const app = appOf(c.env);
  if (app === undefined) throw new Log0Error("not_found", "this deployment has no Slack app");
  const query = Callback.safeParse(c.req.query());
  if (!query.success) throw new Log0Error("invalid_query", "Slack was not installed: it sent no code");
  // A cookie that is too old is none: what an API key has begun needs none.
  const begun = await readState(c, BEGUN, BEGUN_FOR, Begun).catch(() => undefined);
  const team = await finishOauth(c.var.platform, app, { ...query.data, browser: begun?.sessionId });
  if (begun !== undefined) clearState(c, BEGUN);
  return c.text(`log0 is installed in ${team}. You can close this page.\n`);
}

/** `POST /slack/interactions`: clicks and modals. Answered at once; the work comes after. */
export async function interactions(c: Context<AppEnv>): Promise<Response> {
  // Never inflated: the signature is over the bytes that come, and whoever sends them is not known yet.
  const stream = c.req.raw.body;
  if (stream === null) throw new Log0Error("empty_body", "the request has no body");
  const body = await readAtMost(stream, MAX_INTERACTION_BYTES, "");
  const headers = {
    timestamp: c.req.header("x-slack-request-timestamp") ?? "",
    signature: c.req.header("x-slack-signature") ?? "",
  };
  const interaction = parseInteraction(new TextDecoder().decode(body));
  // A button that only leads somewhere tells us, too. Nothing changes, so it does not matter who sent it.
  if (interaction === undefined) return c.body(null, 200);
  const scope = scopeTo(c.var.platform, interaction.ref.tenantId);
  await verifyInteraction(scope, interaction, headers, body, c.env.SLACK_SIGNING_SECRET);
  if (await takeOnce(scope, headers.signature)) {
    c.executionCtx.waitUntil(carryOut(scope, slackDefaults(c.env), interaction));
  }
  return c.body(null, 200);
}
