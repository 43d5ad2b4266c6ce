import { truncate } from "../clusters/digest.ts";
import type { Fact, Notice } from "./notice.ts";

// Discord's limits of an embed: title 256, description 4,096, a field's name 256 and value 1,024, 25 fields, 6,000
// characters in all. The budgets below add up to less.
const TITLE = 256;
const SAMPLE = 1_000;
const SHORT_FIELD = 220;
const LONG_FIELD = 1_000;
const TOTAL = 6_000;

const COLORS = { CRITICAL: 0x8b0000, HIGH: 0xd93025, MEDIUM: 0xf29900, LOW: 0x1a73e8 } as const;
const GREEN = 0x188038;
const GREY = 0x5f6368;

interface Field {
  name: string;
  value: string;
  inline: boolean;
}

/** A message for a Discord webhook. */
export interface DiscordMessage {
  username: string;
  embeds: { title: string; description?: string; url: string; color: number; timestamp: string; fields: Field[] }[];
  /** Nobody is mentioned, whatever the text says. */
  allowed_mentions: { parse: [] };
}

/** A character that Discord's Markdown, its links, mentions and time stamps begin with. */
const MARKUP = /[\\*_~`|>[\]()#<:@+.-]/;

/** Text as Discord shows it, and nothing else, within a number of characters. Cut between characters, not in an escape. */
export function escapeMarkdown(text: string, characters: number): string {
  const escaped: string[] = [];
  let length = 0;
  for (const character of text.toWellFormed()) {
    const shown = MARKUP.test(character) ? `\\${character}` : character;
    length += shown.length;
    if (length > characters) break;
    escaped.push(shown);
  }
  return escaped.join("");
}

/** A code block: nothing in it has a meaning but the backtick, which would end it. */
function codeBlock(text: string): string {
  return `\`\`\`\n${truncate(text.toWellFormed().replaceAll("`", "\u02cb"), SAMPLE)}\n\`\`\``;
}

function field([name, text]: Fact, characters: number, inline: boolean): Field {
  const value = escapeMarkdown(text, characters);
  // Discord refuses a field without a value.
  return { name, value: value.trim() === "" ? "–" : value, inline };
}

/** A notice as a Discord message with one embed. */
export function renderDiscord({
  headline,
  severity,
  resolved,
  facts,
  sample,
  sections,
  links,
  at,
}: Notice): DiscordMessage {
  const title = escapeMarkdown(headline, TITLE);
  const description = sample === undefined || sample.trim() === "" ? undefined : codeBlock(sample);
  const fields = [
    ...facts.slice(0, 6).map((fact) => field(fact, SHORT_FIELD, true)),
    ...sections.slice(0, 3).map((section) => field(section, LONG_FIELD, false)),
  ];
  return {
    username: "log0",
    embeds: [
      {
        title,
        ...(description === undefined ? {} : { description }),
        url: links[0]?.[1] ?? "",
        color: resolved ? GREEN : severity === undefined ? GREY : COLORS[severity],
        timestamp: new Date(at).toISOString(),
        fields,
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

/** Characters that count towards Discord's total of an embed. */
export function embedCharacters({ embeds }: DiscordMessage): number {
  return embeds.reduce(
    (sum, { title, description = "", fields }) =>
      sum +
      title.length +
      description.length +
      fields.reduce((all, { name, value }) => all + name.length + value.length, 0),
    0,
  );
}

export const DISCORD_LIMITS = { title: TITLE, total: TOTAL, description: 4_096, fields: 25, value: 1_024 } as const;
