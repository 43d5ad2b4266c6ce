import { and, eq, gt, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { Routing } from "../../schema/contracts/channels.ts";
import { deliveries } from "../../schema/tables/channels.ts";
import type { TenantScope } from "../platform.ts";

/** Longer than one call to a receiver may take; after that the claim is taken for lost. */
const LEASE_MS = 60_000;

export interface NoticeKey {
  channelId: string;
  /** What makes one message: an incident, an event, or a digest. */
  noticeKey: string;
  incidentId: string;
}

type Delivery = typeof deliveries.$inferSelect;

/** What is noted of a delivery. */
type Outcome = Partial<Pick<Delivery, "shownVersion" | "handle" | "heldUntil">>;

export interface Claim extends Delivery {
  leaseToken: string;
  /** What has been reached under the claim: noted at the latest when it is released. */
  reached: Outcome;
}

function rowOf(scope: TenantScope, { channelId, noticeKey }: NoticeKey | Claim) {
  return and(
    eq(deliveries.tenantId, scope.tenantId),
    eq(deliveries.channelId, channelId),
    eq(deliveries.noticeKey, noticeKey),
  );
}

const mine = (scope: TenantScope, claim: Claim) =>
  and(rowOf(scope, claim), eq(deliveries.leaseToken, claim.leaseToken));

/**
 * Claims a notice for a channel. Receivers have no idempotency key: whoever holds the claim sends, the others wait.
 * @throws Log0Error conflict, not permanent, while another one holds it
 */
export async function claimDelivery(scope: TenantScope, key: NoticeKey): Promise<Claim> {
  const now = scope.now();
  const leaseToken = uuidV7(now, scope.random(10));
  const leaseUntil = now + LEASE_MS;
  const { tenantId, channelId, noticeKey } = deliveries;
  const row = await scope.db
    .insert(deliveries)
    .values({
      ...key,
      tenantId: scope.tenantId,
      shownVersion: 0,
      leaseToken,
      leaseUntil,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoUpdate({
      target: [tenantId, channelId, noticeKey],
      set: { leaseToken, leaseUntil },
      setWhere: lt(deliveries.leaseUntil, now),
    })
    .returning()
    .get();
  if (row === undefined) {
    throw new Log0Error("conflict", "another sender holds the message", { permanent: false });
  }
  return { ...row, leaseToken, reached: {} };
}

/** Whether a notice was sent, or is held back. */
export async function isSettled(scope: TenantScope, key: NoticeKey): Promise<boolean> {
  const settled = or(gt(deliveries.shownVersion, 0), isNotNull(deliveries.heldUntil));
  return (await scope.db.$count(deliveries, and(rowOf(scope, key), settled))) > 0;
}

/** Notes what has been reached so far, and keeps the claim for another call. */
export async function noteProgress(scope: TenantScope, claim: Claim, outcome: Outcome): Promise<void> {
  const now = scope.now();
  claim.reached = outcome;
  await scope.db
    .update(deliveries)
    .set({ ...outcome, leaseUntil: now + LEASE_MS, updatedAt: now })
    .where(mine(scope, claim));
}

async function release(scope: TenantScope, claim: Claim): Promise<void> {
  await scope.db
    .update(deliveries)
    .set({ ...claim.reached, leaseToken: null, leaseUntil: 0, updatedAt: scope.now() })
    .where(mine(scope, claim));
}

/**
 * Works on a notice under a claim. What the work returns is noted, even when noting it fails once: otherwise the next try
 * would send again.
 */
export async function underClaim(
  scope: TenantScope,
  key: NoticeKey,
  work: (claim: Claim) => Promise<Outcome>,
): Promise<void> {
  const claim = await claimDelivery(scope, key);
  try {
    claim.reached = { ...claim.reached, ...(await work(claim)) };
    await release(scope, claim);
  } catch (error) {
    await release(scope, claim);
    throw error;
  }
}

/**
 * Takes one of the places that the throttle has. A notice that has one keeps it for its next try.
 * @returns undefined when it may be sent, otherwise until when it is held back (Unix ms): until the first one that was
 * held back since is, so that all come together
 */
export async function takePlace(
  scope: TenantScope,
  claim: Claim,
  throttle: Routing["throttle"],
): Promise<number | undefined> {
  if (throttle === null || claim.countedAt !== null) return undefined;
  const now = scope.now();
  const spanMs = throttle.minutes * 60_000;
  const ofChannel = sql`tenant_id = ${scope.tenantId} AND channel_id = ${claim.channelId}`;
  const [placed] = await scope.db
    .update(deliveries)
    .set({ countedAt: now })
    .where(
      and(
        mine(scope, claim),
        isNull(deliveries.countedAt),
        sql`(SELECT count(*) FROM deliveries WHERE ${ofChannel} AND counted_at > ${now - spanMs}) < ${throttle.notices}`,
      ),
    )
    .returning({ at: deliveries.countedAt });
  if (placed !== undefined) return undefined;
  const first = await scope.db.get<{ until: number | null }>(
    sql`SELECT min(held_until) AS until FROM deliveries WHERE ${ofChannel} AND digest_id IS NULL AND held_until > ${now}`,
  );
  return first?.until ?? now + spanMs;
}
