import type { Context } from "hono";
import { Log0Error } from "../../../core/errors.ts";
import { LIVE_LIMITS } from "../../../core/live/limits.ts";
import { FilterFields, readFilter } from "../../../core/live/live-filter.ts";
import { openUrl } from "../../../core/live/open-live.ts";
import { type AppEnv, offeredProtocols, SUBPROTOCOL } from "../../context.ts";
import { validQuery } from "../validate.ts";

/** `GET /live/logs`, upgraded to a WebSocket. Keys do not go in URLs, which end up in logs and histories. */
export async function openLive(c: Context<AppEnv>): Promise<Response> {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    throw new Log0Error("invalid_query", "this address speaks WebSocket only: send Upgrade: websocket");
  }
  const { tenantId, credential, shards } = c.var.principal;
  const filter = readFilter(validQuery(c, FilterFields));
  const url = openUrl({ tenantId, credential, shards, filter, subprotocol: offeredProtocols(c).includes(SUBPROTOCOL) });
  const response = await c.var.platform.liveTail(tenantId).fetch(url, { headers: { upgrade: "websocket" } });
  if (response.status !== 429) return response;
  throw new Log0Error("rate_limited", `this tenant has ${LIVE_LIMITS.sockets} live sockets open`, {
    permanent: false,
    retryAfter: 30,
  });
}
