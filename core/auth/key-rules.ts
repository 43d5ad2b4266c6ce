import type { Scope } from "../../schema/contracts/roles.ts";
import { Log0Error } from "../errors.ts";
import { type Permission, permissionsOfScopes } from "./permissions.ts";

export { MAX_KEY_DAYS, OVERLAP_HOURS } from "../../schema/contracts/api-keys.ts";

/** Keys of a tenant that work at once. */
export const MAX_LIVING_KEYS = 100;

/**
 * Whether somebody may make a key of these scopes: one that may do nothing that they may not. Sending logs is no matter
 * of rank: people have no source, and whoever manages keys decides which sources have some.
 * @throws Log0Error forbidden
 */
export function checkGrant(own: ReadonlySet<Permission>, scopes: readonly Scope[]): void {
  for (const permission of permissionsOfScopes(scopes)) {
    if (permission === "logs.write" || own.has(permission)) continue;
    throw new Log0Error("forbidden", `such a key might do what you may not: it needs ${permission}`);
  }
}

/** When a key of `days` (null: for ever) ends. @param now Unix ms @returns Unix ms */
export function keyExpiry(now: number, days: number | null): number | null {
  return days === null ? null : now + days * 24 * 3600_000;
}
