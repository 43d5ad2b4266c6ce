import { and, eq, lt } from "drizzle-orm";
import { SLACK_WINDOW_MS } from "../../core/auth/slack-signature.ts";
import { slackRequests } from "../../schema/tables/slack.ts";
import type { TenantScope } from "../platform.ts";

/** Longer than a signature, or a state of an installation, is good for. */
const REMEMBER_MS = 3 * SLACK_WINDOW_MS;

/**
 * Takes a signed request once: of two with one signature, at any time, the second is told that it is a repeat.
 * @param signature proven before; or another name that is the request's alone
 * @returns whether it is the first
 */
export async function takeOnce(scope: TenantScope, signature: string): Promise<boolean> {
  const at = scope.now();
  const [, taken] = await scope.db.batch([
    scope.db
      .delete(slackRequests)
      .where(and(eq(slackRequests.tenantId, scope.tenantId), lt(slackRequests.at, at - REMEMBER_MS))),
    scope.db
      .insert(slackRequests)
      .values({ signature, tenantId: scope.tenantId, at })
      .onConflictDoNothing()
      .returning({ signature: slackRequests.signature }),
  ]);
  return taken.length > 0;
}
