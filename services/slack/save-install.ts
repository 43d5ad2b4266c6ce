import { eq } from "drizzle-orm";
import { slackInstalls, slackUsers } from "../../schema/tables/slack.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";

export interface NewInstall {
  kind: "oauth" | "token";
  teamId: string;
  teamName: string;
  botUserId: string;
  botToken: string;
  signingSecret: string | undefined;
  /** `user:<id>` or `key:<id>`. */
  actor: string;
}

/** Keeps a tenant's own Slack, sealed, in the place of the one before. */
export async function saveInstall(scope: TenantScope, install: NewInstall): Promise<void> {
  const now = scope.now();
  const { tenantId } = scope;
  const seal = (text: string) => scope.secrets().seal(tenantId, text, scope.random(12));
  const set = {
    kind: install.kind,
    teamId: install.teamId,
    teamName: install.teamName.slice(0, 200),
    botUserId: install.botUserId,
    botToken: await seal(install.botToken),
    signingSecret: install.signingSecret === undefined ? null : await seal(install.signingSecret),
    actor: install.actor,
    updatedAt: now,
    error: null,
    brokenSince: null,
  };
  await scope.db.batch([
    scope.db
      .insert(slackInstalls)
      .values({ tenantId, ...set, createdAt: now })
      .onConflictDoUpdate({ target: slackInstalls.tenantId, set }),
    auditIfChanged(scope, {
      actor: install.actor,
      action: "slack.installed",
      target: "slack",
      detail: { kind: set.kind, teamId: set.teamId, teamName: set.teamName },
    }),
    // Who is who is asked anew: the new app may see e-mails that the old one did not.
    scope.db.delete(slackUsers).where(eq(slackUsers.tenantId, tenantId)),
  ]);
}
