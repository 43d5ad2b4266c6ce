import { TtlCache } from "../../core/ttl-cache.ts";
import { testAuth } from "../notifications/slack-api.ts";
import type { SlackTarget } from "../notifications/slack-target.ts";

/** The platform's own workspace does not change but with its token. */
const CACHE_MS = 60 * 60 * 1000;
const teams = new TtlCache<string>(CACHE_MS, 100);

/**
 * The workspace that a target's token belongs to: the install says it, the platform's is asked once an hour.
 * @throws SlackError when Slack cannot be asked
 */
export async function teamOf(target: SlackTarget, now: number): Promise<string> {
  if (target.install !== undefined) return target.install.teamId;
  const key = `${target.apiUrl}\n${target.botToken}`;
  const known = teams.get(key, now);
  if (known !== undefined) return known;
  const { teamId } = await testAuth(target);
  teams.set(key, teamId, now);
  return teamId;
}
