import { and, eq, isNotNull, sql } from "drizzle-orm";
import { slackInstalls } from "../../schema/tables/slack.ts";
import { SlackError } from "../notifications/slack-error.ts";
import type { SlackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";

/** "Since" is the first failure after the last success. */
async function noteFailure(scope: TenantScope, reason: string): Promise<void> {
  await scope.db
    .update(slackInstalls)
    .set({ error: reason, brokenSince: sql`coalesce(${slackInstalls.brokenSince}, ${scope.now()})` })
    .where(eq(slackInstalls.tenantId, scope.tenantId));
}

async function noteSuccess(scope: TenantScope): Promise<void> {
  await scope.db
    .update(slackInstalls)
    .set({ error: null, brokenSince: null })
    .where(and(eq(slackInstalls.tenantId, scope.tenantId), isNotNull(slackInstalls.error)));
}

/**
 * Does a piece of work with a tenant's own Slack, and keeps what came of it: a token that Slack refuses, or a Slack that
 * does not answer, shows as a broken install until something arrives again.
 * @param work answers false when it had nothing to ask of Slack
 */
export async function withHealth<T>(scope: TenantScope, target: SlackTarget, work: () => Promise<T>): Promise<T> {
  const { install } = target;
  if (install === undefined) return await work();
  try {
    const result = await work();
    if (install.broken && result !== false) await noteSuccess(scope);
    return result;
  } catch (error) {
    if (error instanceof SlackError && error.breaksInstall) await noteFailure(scope, error.reason);
    throw error;
  }
}
