import type { Context } from "hono";
import { Log0Error } from "../../../core/errors.ts";
import { LIVE_LIMITS } from "../../../core/live/limits.ts";
import { FilterFields, readFilter } from "../../../core/live/live-filter.ts";
import { openUrl } from "../../../core/live/open-live.ts";
import { authenticate } from "../../../services/tenants/authenticate.ts";
import type { AppEnv } from "../../context.ts";
import { validQuery } from "../validate.ts";

/** The subprotocol that log0 speaks; a browser, which can set no headers, sends its key as the second one. */
const SUBPROTOCOL = "log0";

function offered(c: Context<AppEnv>): string[] {
  return (c.req.header("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
}

/** The key of X-API-Key, of the bearer token, or of `Sec-WebSocket-Protocol: log0, <key>`. */
function keyOf(c: Context<AppEnv>): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const [first, second] = offered(c);
  return c.req.header("x-api-key") ?? bearer ?? (first === SUBPROTOCOL ? second : undefined);
}

/** `GET /live/logs`, upgraded to a WebSocket. Keys do not go in URLs, which end up in logs and histories. */
export async function openLive(c: Context<AppEnv>): Promise<Response> {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    throw new Log0Error("invalid_query", "this address speaks WebSocket only: send Upgrade: websocket");
  }
  const { tenantId, keyId, shards } = await authenticate(c.var.platform, keyOf(c));
  const filter = readFilter(validQuery(c, FilterFields));
  const url = openUrl({ tenantId, keyId, shards, filter, subprotocol: offered(c).includes(SUBPROTOCOL) });
  const response = await c.var.platform.liveTail(tenantId).fetch(url, { headers: { upgrade: "websocket" } });
  if (response.status !== 429) return response;
  throw new Log0Error("rate_limited", `this tenant has ${LIVE_LIMITS.sockets} live sockets open`, {
    permanent: false,
    retryAfter: 30,
  });
}
