import { and, asc, eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { ChannelConfig, type ChannelKind, ChannelSecret } from "../../schema/contracts/channels.ts";
import { channels } from "../../schema/tables/channels.ts";
import type { TenantScope } from "../platform.ts";

type ChannelRow = typeof channels.$inferSelect;

/** A channel as its tenant sees it: without secrets. Times are Unix ms. */
export interface Channel {
  id: string;
  kind: ChannelKind;
  name: string;
  config: ChannelConfig;
  enabled: boolean;
  /** The first failure since the last delivery; null when it works. */
  failingSince: number | null;
  lastError: string | null;
  lastDeliveredAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export function channelOf(row: ChannelRow): Channel {
  const { tenantId: _tenant, secret: _secret, testedAt: _tested, ...shown } = row;
  return { ...shown, config: ChannelConfig.parse(JSON.parse(row.config)) };
}

/** The tenant's channels, by name. */
export async function listChannels(scope: TenantScope): Promise<Channel[]> {
  const rows = await scope.db
    .select()
    .from(channels)
    .where(eq(channels.tenantId, scope.tenantId))
    .orderBy(asc(channels.name));
  return rows.map(channelOf);
}

/** A channel with its secret, for those who send. @throws Log0Error not_found */
export async function loadChannel(scope: TenantScope, channelId: string): Promise<Channel & { sealed: string | null }> {
  const row = await scope.db
    .select()
    .from(channels)
    .where(and(eq(channels.tenantId, scope.tenantId), eq(channels.id, channelId)))
    .get();
  if (row === undefined) throw new Log0Error("not_found", "no such channel");
  return { ...channelOf(row), sealed: row.secret };
}

export type LoadedChannel = Awaited<ReturnType<typeof loadChannel>>;

/** @throws Log0Error internal */
export async function openSecret(
  scope: TenantScope,
  { sealed }: Pick<LoadedChannel, "sealed">,
): Promise<ChannelSecret> {
  if (sealed === null) throw new Log0Error("internal", "the channel has no secret");
  return ChannelSecret.parse(JSON.parse(await scope.secrets().open(scope.tenantId, sealed)));
}

export function sealSecret(scope: TenantScope, secret: ChannelSecret): Promise<string> {
  return scope.secrets().seal(scope.tenantId, JSON.stringify(secret), scope.random(12));
}
