import * as z from "zod";

// The part of Slack's Block Kit that log0 sends, with Slack's own limits (https://docs.slack.dev/reference/block-kit),
// so that what Slack would refuse is refused by our tests and by the local inbox, too.

const plainText = (characters: number) =>
  z.object({ type: z.literal("plain_text"), text: z.string().min(1).max(characters) });
const anyText = (characters: number) =>
  z.object({ type: z.enum(["mrkdwn", "plain_text"]), text: z.string().min(1).max(characters) });

export type TextObject = z.infer<ReturnType<typeof anyText>>;

const blockId = z.string().min(1).max(255).optional();
const actionId = z.string().min(1).max(255);

const Option = z.object({ text: plainText(75), value: z.string().min(1).max(75) });
export type SlackOption = z.infer<typeof Option>;

const Button = z.object({
  type: z.literal("button"),
  text: plainText(75),
  action_id: actionId.optional(),
  url: z.url().max(3_000).optional(),
  value: z.string().max(2_000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
});
export type SlackButton = z.infer<typeof Button>;

const StaticSelect = z.object({
  type: z.literal("static_select"),
  action_id: actionId,
  placeholder: plainText(150).optional(),
  options: z.array(Option).min(1).max(100),
});

const TextInput = z.object({
  type: z.literal("plain_text_input"),
  action_id: actionId,
  multiline: z.boolean().optional(),
  max_length: z.int().min(1).max(3_000).optional(),
});

const Header = z.object({ type: z.literal("header"), block_id: blockId, text: plainText(150) });
const Section = z
  .object({
    type: z.literal("section"),
    block_id: blockId,
    text: anyText(3_000).optional(),
    fields: z.array(anyText(2_000)).min(1).max(10).optional(),
    accessory: Button.optional(),
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, "a section needs text or fields");
const Context = z.object({
  type: z.literal("context"),
  block_id: blockId,
  elements: z.array(anyText(3_000)).min(1).max(10),
});
const Actions = z.object({
  type: z.literal("actions"),
  block_id: blockId,
  elements: z
    .array(z.discriminatedUnion("type", [Button, StaticSelect]))
    .min(1)
    .max(25)
    .refine((elements) => distinct(elements.map((element) => element.action_id)), "action_id is not unique"),
});
const Divider = z.object({ type: z.literal("divider"), block_id: blockId });
const Input = z.object({
  type: z.literal("input"),
  block_id: blockId,
  label: plainText(2_000),
  optional: z.boolean().optional(),
  element: z.discriminatedUnion("type", [StaticSelect, TextInput]),
});

function distinct(ids: readonly (string | undefined)[]): boolean {
  const named = ids.filter((id) => id !== undefined);
  return new Set(named).size === named.length;
}

const distinctBlocks = (blocks: readonly { block_id?: string | undefined }[]): boolean =>
  distinct(blocks.map((block) => block.block_id));

export const Block = z.discriminatedUnion("type", [Header, Section, Context, Actions, Divider]);
export type Block = z.infer<typeof Block>;

/** The blocks of a message. */
export const Blocks = z.array(Block).max(50).refine(distinctBlocks, "block_id is not unique");

/** Slack cuts the text of a message here. */
export const MAX_TEXT = 40_000;

/** A message as `chat.postMessage` and `chat.update` take it. */
export const SlackMessage = z.object({
  /** What a notification shows. */
  text: z.string().min(1).max(MAX_TEXT),
  blocks: Blocks,
});
export type SlackMessage = z.infer<typeof SlackMessage>;

/** A modal as `views.open` and `views.update` take it. */
export const SlackView = z.object({
  type: z.literal("modal"),
  callback_id: z.string().max(255).optional(),
  private_metadata: z.string().max(3_000).optional(),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  blocks: z
    .array(z.discriminatedUnion("type", [Header, Section, Context, Divider, Input]))
    .min(1)
    .max(100)
    .refine(distinctBlocks, "block_id is not unique"),
});
export type SlackView = z.infer<typeof SlackView>;

/** What Slack would refuse in a message or a view, and where; undefined when it would take it. */
export function slackRefusal(schema: z.ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return `${issue?.message ?? "invalid"} [json-pointer:/${issue?.path.map(String).join("/") ?? ""}]`;
}
