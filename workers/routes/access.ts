import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";
import type { Permission } from "../../core/auth/permissions.ts";
import { Log0Error } from "../../core/errors.ts";

/** No credential of log0's: the route itself checks what it is shown (a signature, a token, a password), or needs none. */
export const OPEN = "open";

/**
 * What every route asks for, by method and path below `/api/v1` (or `/v1`): the one table. A route that is not here
 * answers nobody.
 */
export const ACCESS: Readonly<Record<string, Permission | typeof OPEN>> = {
  "POST /auth/login": OPEN,
  "POST /auth/refresh": OPEN,
  "POST /auth/logout": OPEN,
  "POST /auth/password/forgot": OPEN,
  "POST /auth/password/reset": OPEN,
  "POST /auth/invitations/show": OPEN,
  "POST /auth/invitations/accept": OPEN,
  "GET /auth/me": "account.own",
  "POST /auth/switch": "account.own",
  "POST /auth/logout-everywhere": "account.own",
  "PUT /auth/password": "account.own",
  "GET /auth/sessions": "account.own",
  "DELETE /auth/sessions/:id": "account.own",

  "POST /logs": "logs.write",
  "POST /ingest": "logs.write",
  "POST /logs/stream": "logs.write",

  "GET /logs": "logs.read",
  "GET /logs/histogram": "logs.read",
  "GET /logs/facets": "logs.read",
  "GET /logs/export": "logs.read",
  "GET /logs/:eventId": "logs.read",
  "GET /stats": "logs.read",
  "GET /patterns": "logs.read",
  "GET /live": "logs.read",
  "GET /live/logs": "logs.read",

  "GET /incidents": "incidents.read",
  "GET /incidents/stats": "incidents.read",
  "GET /incidents/:id": "incidents.read",
  "GET /incidents/:id/timeline": "incidents.read",
  "GET /incidents/:id/occurrences": "incidents.read",
  "GET /incidents/:id/samples": "logs.read",
  "GET /incidents/:id/related": "incidents.read",
  "POST /incidents": "incidents.act",
  "PATCH /incidents/:id/status": "incidents.act",
  "PATCH /incidents/:id/assign": "incidents.act",
  "PATCH /incidents/:id/acknowledge": "incidents.act",
  "PATCH /incidents/:id/resolve": "incidents.act",
  "POST /incidents/:id/comments": "incidents.act",
  "POST /incidents/:id/snooze": "incidents.act",
  "DELETE /incidents/:id/snooze": "incidents.act",
  "POST /incidents/:id/ignore": "incidents.act",
  "DELETE /incidents/:id/ignore": "incidents.act",
  "POST /incidents/:id/merge": "incidents.act",
  "DELETE /incidents/:id/merge": "incidents.act",
  "POST /incidents/:id/links": "incidents.act",
  "DELETE /incidents/:id/links/:other": "incidents.act",

  "POST /incidents/:id/analyze": "summaries.request",
  "GET /tenant": "settings.read",
  "DELETE /tenant": "tenant.delete",
  "GET /settings": "settings.read",
  "PATCH /settings": "settings.manage",
  "GET /settings/ai": "settings.read",
  "PUT /settings/ai": "settings.manage",
  "DELETE /settings/ai": "settings.manage",

  "GET /grouping/rules": "grouping.read",
  "PUT /grouping/rules": "grouping.change",
  "POST /grouping/preview": "grouping.read",
  "GET /grouping/merges": "grouping.read",
  "POST /grouping/merges": "grouping.change",
  "DELETE /grouping/merges/:id": "grouping.change",
  "GET /grouping/candidates": "grouping.read",
  "GET /patterns/new": "grouping.read",
  "GET /patterns/:fingerprint/explain": "grouping.read",

  "GET /dead-letters": "dead-letters.read",
  "GET /dead-letters/:id": "dead-letters.read",
  "POST /dead-letters/replay": "dead-letters.replay",
  "POST /dead-letters/:id/replay": "dead-letters.replay",

  "GET /usage": "usage.read",

  "GET /channels": "channels.read",
  "POST /channels": "channels.manage",
  "PATCH /channels/:id": "channels.manage",
  "DELETE /channels/:id": "channels.manage",
  "POST /channels/:id/test": "channels.manage",
  "GET /routing": "channels.read",
  "PUT /routing": "channels.manage",
  "GET /sources": "sources.read",
  "POST /sources": "sources.manage",
  "PATCH /sources/:id": "sources.manage",
  "DELETE /sources/:id": "sources.manage",
  "GET /keys": "keys.read",
  "POST /keys": "keys.manage",
  "POST /keys/:id/rotate": "keys.manage",
  "DELETE /keys/:id": "keys.manage",
  "GET /members": "members.read",
  "PATCH /members/:id": "members.manage",
  "DELETE /members/:id": "members.manage",
  "DELETE /members/me": "account.own",
  "GET /members/invitations": "members.read",
  "POST /members/invitations": "members.manage",
  "DELETE /members/invitations/:id": "members.manage",
  "GET /audit": "audit.read",

  "GET /slack/install": "channels.manage",
  "PUT /slack/install": "channels.manage",
  "DELETE /slack/install": "channels.manage",
  "GET /slack/oauth/callback": OPEN,
  "GET /auth/providers": OPEN,
  "GET /auth/oidc/start": OPEN,
  "GET /auth/oidc/callback": OPEN,
  "POST /auth/access": OPEN,
  "POST /slack/interactions": OPEN,
};

/** A request's route as the tables name it (`GET /logs/:eventId`); undefined where no route is. */
export function routeOf(c: Context): string | undefined {
  const route = matchedRoutes(c).find(({ method }) => method !== METHOD_NAME_ALL);
  return route && `${route.method} ${route.path.replace(/^(\/api)?\/v1(?=\/)/, "")}`;
}

/** What a request's route asks for; undefined where no route is. @throws Log0Error forbidden for one that is not in the table */
export function accessOf(c: Context): Permission | typeof OPEN | undefined {
  const route = routeOf(c);
  if (route === undefined) return undefined;
  const access = ACCESS[route];
  if (access === undefined) throw new Log0Error("forbidden", "nobody may use this route");
  return access;
}
