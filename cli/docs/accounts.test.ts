import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PERMISSIONS, type Permission, ROLE_PERMISSIONS, SCOPE_PERMISSIONS } from "../../core/auth/permissions.ts";
import { ROLES, SCOPES } from "../../schema/contracts/roles.ts";

const text = readFileSync(new URL("../../docs/accounts.md", import.meta.url), "utf8");

function table(): string {
  const columns = [
    ...ROLES.map((role) => ({ head: role, has: (one: Permission) => ROLE_PERMISSIONS[role].has(one) })),
    ...SCOPES.map((scope) => ({ head: `key: ${scope}`, has: (one: Permission) => SCOPE_PERMISSIONS[scope].has(one) })),
  ];
  const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(["permission", ...columns.map(({ head }) => head)]),
    `|${"---|".repeat(columns.length + 1)}`,
    ...PERMISSIONS.map((one) => row([`\`${one}\``, ...columns.map(({ has }) => (has(one) ? "✓" : ""))])),
  ].join("\n");
}

it("docs/accounts.md has the table of roles as the code has it", () => {
  expect(text.replaceAll("\r\n", "\n")).toContain(table());
});
