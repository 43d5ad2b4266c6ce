import { and, eq, sql } from "drizzle-orm";
import { aiUsage } from "../../schema/tables/summaries.ts";
import type { TenantScope } from "../platform.ts";

/** Tokens that were set aside for a call, on the day (UTC) that they count for. */
export interface Reservation {
  day: string;
  tokens: number;
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

function ofDay(scope: TenantScope, day: string) {
  return and(eq(aiUsage.tenantId, scope.tenantId), eq(aiUsage.day, day));
}

/** When the budget begins anew, Unix ms. */
export function nextDay(now: number): number {
  return Date.parse(`${dayOf(now)}T00:00:00Z`) + 24 * 60 * 60_000;
}

/** Tokens of today that are spent or set aside. */
export async function tokensToday(scope: TenantScope): Promise<number> {
  const row = await scope.db
    .select()
    .from(aiUsage)
    .where(ofDay(scope, dayOf(scope.now())))
    .get();
  return row?.tokens ?? 0;
}

/**
 * Sets tokens of the tenant's day aside, before they are spent. What a crash leaves reserved stays spent for that day;
 * a call whose tries were paid for twice may go over it by one prompt.
 * @returns undefined when the day has not as many left
 */
export async function reserveTokens(
  scope: TenantScope,
  tokens: number,
  dailyTokens: number,
): Promise<Reservation | undefined> {
  const day = dayOf(scope.now());
  const [, reserved] = await scope.db.batch([
    scope.db.insert(aiUsage).values({ tenantId: scope.tenantId, day }).onConflictDoNothing(),
    scope.db
      .update(aiUsage)
      .set({ tokens: sql`${aiUsage.tokens} + ${tokens}`, calls: sql`${aiUsage.calls} + 1` })
      .where(and(ofDay(scope, day), sql`${aiUsage.tokens} + ${tokens} <= ${dailyTokens}`))
      .returning({ tokens: aiUsage.tokens }),
  ]);
  return reserved.length > 0 ? { day, tokens } : undefined;
}

/** Corrects a reservation to what the call took. @param calls that went out */
export async function settleTokens(
  scope: TenantScope,
  { day, tokens }: Reservation,
  spent: number,
  calls: number,
): Promise<void> {
  await scope.db
    .update(aiUsage)
    .set({
      tokens: sql`max(0, ${aiUsage.tokens} + ${spent - tokens})`,
      calls: sql`max(0, ${aiUsage.calls} + ${calls - 1})`,
    })
    .where(ofDay(scope, day));
}
