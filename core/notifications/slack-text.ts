import { truncate } from "../clusters/digest.ts";
import type { SlackButton, TextObject } from "./slack-blocks.ts";

/** Slack refuses a section's text above 3,000 characters, a field's above 2,000 and a header's above 150. */
const SECTION_CHARACTERS = 2_900;
const FIELD_CHARACTERS = 1_900;
export const HEADER_CHARACTERS = 150;

/**
 * Log text as Slack shows it, and nothing else: `&`, `<` and `>` are the only characters that Slack gives a meaning
 * beyond formatting (links, @channel), so escaping them leaves a log line no way to mention or to link. A backtick
 * would end the code block that it stands in.
 */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>`]/g, (character) => {
    if (character === "`") return "\u02cb";
    return character === "&" ? "&amp;" : character === "<" ? "&lt;" : "&gt;";
  });
}

/** Cuts escaped text, but not within an escape. */
export function truncateEscaped(text: string, characters: number): string {
  return text.length <= characters ? text : truncate(text, characters).replace(/&[a-z]*$/, "");
}

export function markdown(text: string): TextObject {
  return { type: "mrkdwn", text: truncateEscaped(text, SECTION_CHARACTERS) };
}

/** A field of a section: a label and what it says. @param value escaped */
export function field(label: string, value: string): TextObject {
  return { type: "mrkdwn", text: truncateEscaped(`*${label}*\n${value}`, FIELD_CHARACTERS) };
}

/** A plain text of 1 to `characters` characters: Slack refuses an empty one. */
export function plain(text: string, characters: number, fallback = "…"): { type: "plain_text"; text: string } {
  const cut = truncate(text, characters);
  return { type: "plain_text", text: cut.trim() === "" ? fallback : cut };
}

export function linkButton(text: string, url: string, actionId: string): SlackButton {
  return { type: "button", text: plain(text, 75), url, action_id: actionId };
}

/** @param characters of the escaped text: its fences must not be cut off */
export function code(text: string, characters: number): string {
  return `\`\`\`${truncateEscaped(escapeMrkdwn(text), characters)}\`\`\``;
}

/** Shown in the reader's own time zone. */
export function date(ms: number): string {
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} {time_secs}|${new Date(ms).toISOString()}>`;
}

export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** `2400` → `2,400`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
