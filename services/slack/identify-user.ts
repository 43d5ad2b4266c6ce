import { and, eq, gt, sql } from "drizzle-orm";
import { slackUsers } from "../../schema/tables/slack.ts";
import { users } from "../../schema/tables/tenants.ts";
import { fetchUser, findUserByEmail, type SlackAccess, type SlackUser } from "../notifications/slack-api.ts";
import { SlackError } from "../notifications/slack-error.ts";
import type { TenantScope } from "../platform.ts";

/** What Slack says of an account is believed so long. */
const BELIEVE_MS = 60 * 60 * 1000;

/** Who is behind an account of Slack. */
export interface SlackPerson {
  userId: string;
  email: string;
  role: (typeof users.$inferSelect)["role"];
  /** Of the account's time zone from UTC, in seconds. */
  utcOffset: number;
}

/**
 * The e-mail that an account may act with: none for bots, for guests, and for members of other workspaces in a shared
 * channel, whose e-mail another administrator has set.
 */
function emailOf(user: SlackUser, teamId: string): string | null {
  const foreign = user.team_id !== undefined && user.team_id !== teamId;
  if (foreign || user.deleted || user.is_bot || user.is_restricted || user.is_stranger) return null;
  return user.profile.email?.trim().toLowerCase() ?? null;
}

async function remember(scope: TenantScope, teamId: string, user: SlackUser) {
  const set = { email: emailOf(user, teamId), utcOffset: user.tz_offset ?? 0, fetchedAt: scope.now() };
  return await scope.db
    .insert(slackUsers)
    .values({ tenantId: scope.tenantId, teamId, slackUserId: user.id, ...set })
    .onConflictDoUpdate({ target: [slackUsers.tenantId, slackUsers.teamId, slackUsers.slackUserId], set })
    .returning()
    .get();
}

const believed = (scope: TenantScope, teamId: string) =>
  and(
    eq(slackUsers.tenantId, scope.tenantId),
    eq(slackUsers.teamId, teamId),
    gt(slackUsers.fetchedAt, scope.now() - BELIEVE_MS),
  );

/**
 * The tenant's user behind an account of Slack, by e-mail. The role is read anew each time.
 * @returns undefined when there is none
 * @throws SlackError when Slack cannot be asked
 */
export async function identifyUser(
  scope: TenantScope,
  access: SlackAccess,
  teamId: string,
  slackUserId: string,
): Promise<SlackPerson | undefined> {
  const known = await scope.db
    .select()
    .from(slackUsers)
    .where(and(believed(scope, teamId), eq(slackUsers.slackUserId, slackUserId)))
    .get();
  const account = known ?? (await remember(scope, teamId, await fetchUser(access, slackUserId)));
  if (account.email === null) return undefined;
  const user = await scope.db
    .select()
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), sql`lower(${users.email}) = ${account.email}`))
    .get();
  if (user === undefined) return undefined;
  return { userId: user.id, email: user.email, role: user.role, utcOffset: account.utcOffset };
}

/** Slack's id of the account with this e-mail; undefined when there is none that could be told. @throws SlackError */
export async function findSlackUser(
  scope: TenantScope,
  access: SlackAccess,
  teamId: string,
  email: string,
): Promise<string | undefined> {
  const wanted = email.trim().toLowerCase();
  const known = await scope.db
    .select({ id: slackUsers.slackUserId })
    .from(slackUsers)
    .where(and(believed(scope, teamId), eq(slackUsers.email, wanted)))
    .get();
  if (known !== undefined) return known.id;
  try {
    const account = await remember(scope, teamId, await findUserByEmail(access, wanted));
    return account.email === wanted ? account.slackUserId : undefined;
  } catch (error) {
    if (error instanceof SlackError && error.reason === "users_not_found") return undefined;
    throw error;
  }
}
