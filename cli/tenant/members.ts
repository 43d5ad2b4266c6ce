import { randomBytes, randomUUID } from "node:crypto";
import type { Command } from "commander";
import * as z from "zod";
import { INVITATION_MS } from "../../core/auth/membership.ts";
import { createToken, type NewToken } from "../../core/auth/opaque-token.ts";
import { ROLES } from "../../schema/contracts/roles.ts";
import type { Row } from "../wrangler.ts";
import { parseChoice, parseEmail, parseTenantName, UsageError } from "./input.ts";
import { formatTable, formatTime } from "./output.ts";
import * as statements from "./statements/members.ts";
import { command, mustExist, perform, type RemoteOption, type Task, targetUrl } from "./task.ts";

interface InviteOptions extends RemoteOption {
  role: string;
}

export function addMemberCommands(program: Command): void {
  command(program, "invite <tenant> <e-mail>", "make an invitation; it is not mailed, but shown here")
    .requiredOption("--role <role>", ROLES.join(", "))
    .action((tenant: string, email: string, options: InviteOptions) =>
      perform(options, () => invite(tenant, email, options)),
    );

  command(program, "members <tenant>", "list the members of a tenant, and who is invited").action(
    (tenant: string, options: RemoteOption) => perform(options, () => listMembers(tenant)),
  );
}

/** An invitation's token and when it ends (Unix ms). */
export function newInvitation(now: number): NewToken & { id: string; expiresAt: number } {
  return { ...createToken("invitation", randomBytes(32)), id: randomUUID(), expiresAt: now + INVITATION_MS };
}

function invite(tenant: string, address: string, options: InviteOptions): Task {
  const now = Date.now();
  const { id, token, hash, expiresAt } = newInvitation(now);
  const email = parseEmail(address);
  const role = parseChoice(options.role, "role", ROLES);
  return {
    statements: statements.invite({ id, tenant: parseTenantName(tenant), hash, email, role, now, expiresAt }),
    report: ([found, members = [], replaced = [], inserted]) => {
      mustExist(found, tenant);
      const [member] = members;
      if (member !== undefined)
        throw new UsageError(`${email} is a member of tenant ${tenant} already: ${member.role}`);
      if (inserted?.length !== 1) throw new UsageError(`${email} could not be invited: try again`);
      return [
        `${email} is invited to tenant ${tenant} as ${role}.`,
        ...(replaced.length === 0 ? [] : ["An earlier invitation does not work any more."]),
        ...showInvitation(email, token, expiresAt, targetUrl(options)),
      ];
    },
  };
}

function listMembers(tenant: string): Task {
  const now = Date.now();
  return {
    statements: statements.listMembers(parseTenantName(tenant)),
    report: ([found, members = []]) => {
      mustExist(found, tenant);
      return memberTable(members, now);
    },
  };
}

const MemberRow = z.object({
  email: z.string(),
  role: z.string(),
  name: z.string().nullable(),
  joined: z.number(),
  created_at: z.number(),
  invited_until: z.number().nullable(),
});

/** The rows of `statements.listMembers` as a table. @param now Unix ms */
export function memberTable(members: Row[], now: number): string[] {
  const state = ({ joined, invited_until }: z.infer<typeof MemberRow>) => {
    if (joined === 1) return "joined";
    if (invited_until === null) return "not invited";
    return `${invited_until > now ? "invited until" : "invitation ended"} ${formatTime(invited_until)}`;
  };
  return formatTable(
    ["E-MAIL", "ROLE", "NAME", "SINCE", "STATE"],
    z
      .array(MemberRow)
      .parse(members)
      .map((row) => [row.email, row.role, row.name || "-", formatTime(row.created_at), state(row)]),
  );
}

/** A new invitation, whose link is shown this once, and what to do with it. */
export function showInvitation(email: string, token: string, expiresAt: number, url: string): string[] {
  const body = JSON.stringify({ token, name: "<name>", password: "<password>" });
  return [
    "",
    `Invitation for ${email}, until ${formatTime(expiresAt)}: ${url}/join#${token}`,
    "It is shown this once, and works once: give it to nobody else.",
    "",
    "Or accept it here, with a new password; if the address has an account already, with its own:",
    // A fragment is sent to no server, and a body is in no log of URLs. An apostrophe would end the shell's quotes.
    `  curl -i ${url}/api/v1/auth/invitations/accept -H 'Content-Type: application/json' -d '${body}'`,
  ];
}
