import type { Role } from "../../schema/contracts/roles.ts";
import { type Fact, type Notice, oneLine } from "../notifications/notice.ts";

/** What a mail shows of a name that somebody chose: a stranger reads it. */
const NAME_CHARACTERS = 100;

function notice(headline: string, text: string, links: Fact[], at: number): Notice {
  return {
    headline,
    severity: undefined,
    resolved: false,
    facts: [],
    sample: undefined,
    sections: [["Why you get this", text]],
    links,
    at,
  };
}

/** The mail with the link for a new password. @param at Unix ms */
export function resetNotice(link: string, at: number): Notice {
  return notice(
    "Set a new password for log0",
    "Somebody, hopefully you, asked for a new password. The link works once, for one hour. If it was not you, do nothing: your password stays as it is.",
    [["Set a new password", link]],
    at,
  );
}

/** The mail that tells of a new password. @param url where to ask for another @param at Unix ms */
export function passwordChangedNotice(url: string, at: number): Notice {
  return notice(
    "Your password for log0 was changed",
    "Your other sessions have ended. If it was not you, ask for a new password at once.",
    [["Ask for a new password", url]],
    at,
  );
}

/** The mail that asks somebody into a tenant. @param inviter a name or an address; undefined for the operator */
export function invitationNotice(
  invitation: { tenant: string; role: Role; inviter: string | undefined; link: string },
  at: number,
): Notice {
  const { role, link } = invitation;
  const tenant = oneLine(invitation.tenant, NAME_CHARACTERS);
  const inviter = oneLine(invitation.inviter ?? "The operator", NAME_CHARACTERS);
  return notice(
    `Join ${tenant} on log0`,
    `${inviter} invites you to ${tenant}, as ${role}. The link works once.`,
    [["Accept the invitation", link]],
    at,
  );
}
