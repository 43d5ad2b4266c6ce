import { describe, expect, it } from "vitest";
import { ROLES, SCOPES, type Scope } from "../../schema/contracts/roles.ts";
import { checkGrant, keyExpiry } from "./key-rules.ts";
import { permissionsOfScopes, ROLE_PERMISSIONS } from "./permissions.ts";

const ADMIN_ALONE: readonly Scope[] = ["admin"];

describe("who may make which key", () => {
  it("a key of the scope admin: every scope", () => {
    expect(() => checkGrant(permissionsOfScopes(ADMIN_ALONE), SCOPES)).not.toThrow();
  });

  it.each(ROLES)("%s: the scope admin only who manages, ingest whoever may manage keys", (role) => {
    const grants = (scope: Scope) => () => checkGrant(ROLE_PERMISSIONS[role], [scope]);
    const manages = role === "owner" || role === "admin";
    if (manages) expect(grants("admin")).not.toThrow();
    else expect(grants("admin")).toThrow("such a key might do what you may not");
    expect(grants("read")).not.toThrow();
    expect(grants("ingest")).not.toThrow();
  });

  it("a key that reads cannot make one that manages, in whatever company", () => {
    const own = permissionsOfScopes(["ingest", "read"]);
    expect(() => checkGrant(own, ["read"])).not.toThrow();
    expect(() => checkGrant(own, ["read", "admin"])).toThrow("it needs incidents.act");
  });
});

it("a key lives for days, or for ever", () => {
  expect(keyExpiry(1_000, 2)).toBe(1_000 + 172_800_000);
  expect(keyExpiry(1_000, null)).toBeNull();
});
