import { and, eq, lt } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { testNotice } from "../../core/notifications/notice.ts";
import { testMessage } from "../../core/notifications/webhook.ts";
import { channels } from "../../schema/tables/channels.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import type { ChannelAccess } from "./access.ts";
import { loadChannel } from "./channel.ts";
import { reach } from "./reach.ts";
import { sendPlain } from "./send-plain.ts";

/** A channel is tested at most once in this time: the receiver may be a stranger. */
const REPEAT_MS = 10_000;

/** What became of a test. */
export type TestResult = { delivered: true } | { delivered: false; error: string; permanent: boolean };

/**
 * Sends a test to a channel, also to one that is switched off.
 * @returns what happened
 * @throws Log0Error not_found; rate_limited within ten seconds after the last one
 */
export async function testChannel(
  scope: TenantScope,
  channelId: string,
  access: ChannelAccess,
  actor: string,
): Promise<TestResult> {
  const channel = await loadChannel(scope, channelId);
  const now = scope.now();
  const mine = and(eq(channels.tenantId, scope.tenantId), eq(channels.id, channelId));
  const [[turn]] = await scope.db.batch([
    scope.db
      .update(channels)
      .set({ testedAt: now })
      .where(and(mine, lt(channels.testedAt, now - REPEAT_MS)))
      .returning({ id: channels.id }),
    auditIfChanged(scope, { actor, action: "channel.tested", target: `channel:${channelId}` }),
  ]);
  if (turn === undefined) {
    throw new Log0Error("rate_limited", "a channel is tested at most every ten seconds", {
      permanent: false,
      retryAfter: REPEAT_MS / 1000,
    });
  }
  const test = {
    id: uuidV7(now, scope.random(10)),
    notice: testNotice(channel.name, now, access.publicUrl),
    message: testMessage(channel.name, scope.tenantId, now),
  };
  try {
    await reach(scope, channelId, () => sendPlain(scope, channel, test, access));
    return { delivered: true };
  } catch (error) {
    if (!(error instanceof Log0Error)) throw error;
    return { delivered: false, error: error.message, permanent: error.permanent };
  }
}
