import type { Role, Scope } from "../../schema/contracts/roles.ts";

/** Everything that a route can ask for. `account.own` is about oneself, and any signed-in user has it. */
export const PERMISSIONS = [
  "logs.write",
  "logs.read",
  "incidents.read",
  "incidents.act",
  "grouping.read",
  "grouping.change",
  "summaries.request",
  "dead-letters.read",
  "dead-letters.replay",
  "channels.read",
  "channels.manage",
  "settings.read",
  "settings.manage",
  "sources.read",
  "sources.manage",
  "keys.read",
  "keys.manage",
  "members.read",
  "members.manage",
  "usage.read",
  "audit.read",
  "tenant.delete",
  "account.own",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Looking at what the tenant has, but not at who did what, nor at its keys. */
const READ: readonly Permission[] = [
  "logs.read",
  "incidents.read",
  "grouping.read",
  "dead-letters.read",
  "channels.read",
  "settings.read",
  "sources.read",
  "members.read",
  "usage.read",
];

/** The engineer on call: may assign, acknowledge, resolve, and mend what stands between a log and its incident. */
const ACT: readonly Permission[] = ["incidents.act", "grouping.change", "summaries.request", "dead-letters.replay"];

const MANAGE: readonly Permission[] = [
  "channels.manage",
  "settings.manage",
  "sources.manage",
  "keys.read",
  "keys.manage",
  "members.manage",
  "audit.read",
];

/** Who may do what: the one table of roles. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set([...READ, "account.own"]),
  member: new Set([...READ, ...ACT, "account.own"]),
  admin: new Set([...READ, ...ACT, ...MANAGE, "account.own"]),
  owner: new Set([...READ, ...ACT, ...MANAGE, "tenant.delete", "account.own"]),
};

/** The one table of API keys. A key is nobody: it has no account, makes no members, and cannot end the tenant. */
export const SCOPE_PERMISSIONS: Readonly<Record<Scope, ReadonlySet<Permission>>> = {
  ingest: new Set(["logs.write"]),
  read: new Set(READ),
  admin: new Set([...READ, ...ACT, ...MANAGE.filter((permission) => permission !== "members.manage")]),
};

/** What all of a key's scopes allow together. */
export function permissionsOfScopes(scopes: readonly Scope[]): ReadonlySet<Permission> {
  return new Set(scopes.flatMap((scope) => [...SCOPE_PERMISSIONS[scope]]));
}
