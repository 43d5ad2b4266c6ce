import { and, eq, sql } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { channels } from "../../schema/tables/channels.ts";
import type { TenantScope } from "../platform.ts";

const row = (scope: TenantScope, channelId: string) =>
  and(eq(channels.tenantId, scope.tenantId), eq(channels.id, channelId));

/** Notes that a channel works. */
export async function noteDelivered(scope: TenantScope, channelId: string): Promise<void> {
  await scope.db
    .update(channels)
    .set({ lastDeliveredAt: scope.now(), failingSince: null, lastError: null })
    .where(row(scope, channelId));
}

/** Notes that a channel does not work, since its first failure. */
export async function noteFailure(scope: TenantScope, channelId: string, error: unknown): Promise<void> {
  await scope.db
    .update(channels)
    .set({ failingSince: sql`coalesce(${channels.failingSince}, ${scope.now()})`, lastError: errorMessage(error) })
    .where(row(scope, channelId));
}
