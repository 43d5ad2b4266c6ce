import type { Context } from "hono";
import { passwordChangedNotice } from "../../../core/auth/mails.ts";
import { errorCode } from "../../../core/errors.ts";
import { acceptInvitation } from "../../../services/auth/accept-invitation.ts";
import { changePassword } from "../../../services/auth/change-password.ts";
import { describeSelf } from "../../../services/auth/describe-self.ts";
import { endAllSessions, endOwnSession, endSession } from "../../../services/auth/end-session.ts";
import { listSessions } from "../../../services/auth/list-sessions.ts";
import { refreshSession } from "../../../services/auth/refresh-session.ts";
import { requestReset } from "../../../services/auth/request-reset.ts";
import { resetPassword } from "../../../services/auth/reset-password.ts";
import { sendMail } from "../../../services/auth/send-mail.ts";
import { showInvitation } from "../../../services/auth/show-invitation.ts";
import { signIn } from "../../../services/auth/sign-in.ts";
import { switchTenant } from "../../../services/auth/switch-tenant.ts";
import { type Mailer, mailerOf } from "../../../services/channels/access.ts";
import { channelAccess } from "../../channel-access.ts";
import type { AppEnv } from "../../context.ts";
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from "../../session-cookie.ts";
import { validBody } from "../validate.ts";
import { Accept, Change, Forgot, Login, Reset, Show, Switch } from "./bodies.ts";
import { answerGranted, answerStarted, clientOf, signedInOf } from "./client.ts";

/** Sends mail after the answer: neither its time nor its failure shows who has an account. */
function mailLater(c: Context<AppEnv>, send: (mailer: Mailer) => Promise<void>): void {
  const sent = async () => send(mailerOf(channelAccess(c.env)));
  c.executionCtx.waitUntil(
    sent().catch((error: unknown) => {
      console.warn({ message: "a mail about a password was not sent", error: errorCode(error) });
    }),
  );
}

function tellOfNewPassword(c: Context<AppEnv>, email: string): void {
  const { platform } = c.var;
  const url = `${c.env.PUBLIC_URL}/forgot-password`;
  mailLater(c, (mailer) => sendMail(platform, mailer, email, passwordChangedNotice(url, platform.now())));
}

/** `POST /auth/login` */
export async function login(c: Context<AppEnv>): Promise<Response> {
  const { email, password, tenant } = await validBody(c, Login);
  const credentials = { email, password, tenantName: tenant, ...clientOf(c) };
  return answerStarted(c, await signIn(c.var.platform, credentials));
}

/** `POST /auth/refresh` */
export async function refresh(c: Context<AppEnv>): Promise<Response> {
  const refreshed = await refreshSession(c.var.platform, readRefreshCookie(c));
  if (refreshed.next !== undefined) setRefreshCookie(c, refreshed.next.token, refreshed.next.expiresAt);
  return answerGranted(c, refreshed);
}

/** `POST /auth/logout` */
export async function logout(c: Context<AppEnv>): Promise<Response> {
  await endSession(c.var.platform, readRefreshCookie(c));
  clearRefreshCookie(c);
  return c.body(null, 204);
}

/** `POST /auth/password/forgot`: always the same answer, before anything is looked up. */
export async function forgot(c: Context<AppEnv>): Promise<Response> {
  const { email } = await validBody(c, Forgot);
  const { platform } = c.var;
  mailLater(c, (mailer) => requestReset(platform, mailer, c.env.PUBLIC_URL, email));
  return c.body(null, 202);
}

/** `POST /auth/password/reset` */
export async function reset(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, Reset);
  const { email } = await resetPassword(c.var.platform, { ...body, address: clientOf(c).address });
  tellOfNewPassword(c, email);
  clearRefreshCookie(c);
  return c.body(null, 204);
}

/** `POST /auth/invitations/show`: the token is in the body, because addresses end up in logs. */
export async function show(c: Context<AppEnv>): Promise<Response> {
  const { token } = await validBody(c, Show);
  return c.json(await showInvitation(c.var.platform, token));
}

/** `POST /auth/invitations/accept` */
export async function accept(c: Context<AppEnv>): Promise<Response> {
  const body = await validBody(c, Accept);
  const acceptance = { ...body, ...clientOf(c), requestId: c.var.requestId };
  return answerStarted(c, await acceptInvitation(c.var.platform, acceptance));
}

/** `GET /auth/me` */
export async function me(c: Context<AppEnv>): Promise<Response> {
  return c.json(await describeSelf(c.var.platform, c.var.principal, signedInOf(c)));
}

/** `POST /auth/switch` */
export async function switchTo(c: Context<AppEnv>): Promise<Response> {
  const { tenantId } = await validBody(c, Switch);
  return answerGranted(c, await switchTenant(c.var.platform, signedInOf(c), tenantId));
}

/** `POST /auth/logout-everywhere` */
export async function logoutEverywhere(c: Context<AppEnv>): Promise<Response> {
  await endAllSessions(c.var.platform, signedInOf(c).accountId);
  clearRefreshCookie(c);
  return c.body(null, 204);
}

/** `PUT /auth/password` */
export async function putPassword(c: Context<AppEnv>): Promise<Response> {
  const passwords = await validBody(c, Change);
  const signedIn = signedInOf(c);
  await changePassword(c.var.platform, signedIn, passwords, clientOf(c).address);
  tellOfNewPassword(c, signedIn.email);
  return c.body(null, 204);
}

/** `GET /auth/sessions` */
export async function sessions(c: Context<AppEnv>): Promise<Response> {
  return c.json({ sessions: await listSessions(c.var.platform, signedInOf(c)) });
}

/** `DELETE /auth/sessions/:id` */
export async function endOne(c: Context<AppEnv>): Promise<Response> {
  await endOwnSession(c.var.platform, signedInOf(c).accountId, c.req.param("id") ?? "");
  return c.body(null, 204);
}
