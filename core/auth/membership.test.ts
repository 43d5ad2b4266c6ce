import { describe, expect, it } from "vitest";
import { ROLES, type Role } from "../../schema/contracts/roles.ts";
import { Log0Error } from "../errors.ts";
import { checkInvitation, checkRemoval, checkRoleChange, lostInvitations } from "./membership.ts";

/** Whether it is allowed; anything but `forbidden` is a mistake. */
function allows(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof Log0Error && error.code === "forbidden") return false;
    throw error;
  }
}

const every = ROLES.flatMap((by) => ROLES.flatMap((of) => ROLES.map((to): [Role, Role, Role] => [by, of, to])));

/** Written out by hand: whom each role reaches. */
const REACHES: Readonly<Record<Role, readonly Role[]>> = {
  owner: ["owner", "admin", "member", "viewer"],
  admin: ["admin", "member", "viewer"],
  member: ["member", "viewer"],
  viewer: ["viewer"],
};

describe("a change of role", () => {
  it.each(every)("by an %s, of a(n) %s, to %s: nobody reaches above their own role", (by, of, to) => {
    const expected = REACHES[by].includes(of) && REACHES[by].includes(to);
    expect(allows(() => checkRoleChange({ id: "1", role: by }, { id: "2", role: of }, to))).toBe(expected);
  });

  it.each(ROLES)("of one's own, as %s: down, never up", (role) => {
    const self = { id: "1", role };
    for (const to of ROLES) expect(allows(() => checkRoleChange(self, self, to))).toBe(REACHES[role].includes(to));
  });
});

describe("a removal", () => {
  it.each(ROLES.flatMap((by) => ROLES.map((of): [Role, Role] => [by, of])))("by an %s of a(n) %s", (by, of) => {
    const removes = () => checkRemoval({ id: "1", role: by }, { id: "2", role: of });
    expect(allows(removes)).toBe(REACHES[by].includes(of));
  });

  it.each(ROLES)("of oneself: an %s may leave", (role) => {
    expect(allows(() => checkRemoval({ id: "1", role }, { id: "1", role }))).toBe(true);
  });
});

describe("an invitation", () => {
  it.each(ROLES.flatMap((by) => ROLES.map((role): [Role, Role] => [by, role])))("by an %s as %s", (by, role) => {
    expect(allows(() => checkInvitation(by, role, []))).toBe(REACHES[by].includes(role));
  });

  it("is an owner's to send where the address is to be an owner already", () => {
    expect(allows(() => checkInvitation("admin", "viewer", ["member", "owner"]))).toBe(false);
    expect(allows(() => checkInvitation("owner", "viewer", ["owner"]))).toBe(true);
  });

  it("says who may", () => {
    expect(() => checkInvitation("admin", "owner", [])).toThrow("only an owner may invite an owner");
  });
});

it.each([
  ["an owner", "owner", []],
  ["an admin", "admin", ["owner"]],
  ["a member", "member", ROLES],
  ["a viewer", "viewer", ROLES],
  ["nobody", undefined, ROLES],
] as const)("who becomes %s loses the invitations that are not theirs to send", (_who, role, lost) => {
  expect(lostInvitations(role)).toEqual(lost);
});
