import * as z from "zod";

// The part of Slack's Block Kit that log0 sends, with Slack's own limits, so that what Slack would refuse is refused
// here too: https://docs.slack.dev/reference/block-kit/blocks

const plainText = (characters: number) =>
  z.object({ type: z.literal("plain_text"), text: z.string().min(1).max(characters) });
const anyText = (characters: number) =>
  z.object({ type: z.enum(["mrkdwn", "plain_text"]), text: z.string().min(1).max(characters) });

export type TextObject = z.infer<ReturnType<typeof anyText>>;

const Header = z.object({ type: z.literal("header"), text: plainText(150) });
const Section = z
  .object({
    type: z.literal("section"),
    text: anyText(3_000).optional(),
    fields: z.array(anyText(2_000)).min(1).max(10).optional(),
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, "a section needs text or fields");
const Context = z.object({ type: z.literal("context"), elements: z.array(anyText(3_000)).min(1).max(10) });
const Actions = z.object({
  type: z.literal("actions"),
  elements: z
    .array(
      z.object({
        type: z.literal("button"),
        text: plainText(75),
        url: z.url().max(3_000).optional(),
        action_id: z.string().max(255).optional(),
        value: z.string().max(2_000).optional(),
      }),
    )
    .min(1)
    .max(25),
});
const Divider = z.object({ type: z.literal("divider") });

export const Block = z.discriminatedUnion("type", [Header, Section, Context, Actions, Divider]);
export type Block = z.infer<typeof Block>;

export const Blocks = z.array(Block).max(50);
