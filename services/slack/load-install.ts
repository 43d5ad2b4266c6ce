import { eq } from "drizzle-orm";
import { slackInstalls } from "../../schema/tables/slack.ts";
import type { TenantScope } from "../platform.ts";

/** A tenant's own Slack, with its secrets opened. */
export interface SlackInstall {
  teamId: string;
  botUserId: string;
  botToken: string;
  /** Of the tenant's own app; undefined when the platform's app signs. */
  signingSecret: string | undefined;
  /** Nothing arrived, the last time. */
  broken: boolean;
}

/** The tenant's own Slack; undefined when it has none. @throws Log0Error internal when its secrets cannot be opened */
export async function loadInstall(scope: TenantScope): Promise<SlackInstall | undefined> {
  const row = await scope.db.select().from(slackInstalls).where(eq(slackInstalls.tenantId, scope.tenantId)).get();
  if (row === undefined) return undefined;
  const open = (sealed: string) => scope.secrets().open(scope.tenantId, sealed);
  return {
    teamId: row.teamId,
    botUserId: row.botUserId,
    botToken: await open(row.botToken),
    signingSecret: row.signingSecret === null ? undefined : await open(row.signingSecret),
    broken: row.error !== null,
  };
}
