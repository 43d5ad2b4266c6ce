import { createHash } from "node:crypto";
import * as z from "zod";
import { Block, Blocks, MAX_TEXT } from "../../core/notifications/slack-blocks.ts";

/** Older messages are forgotten: this is an inbox to look at, not an archive. */
export const MAX_MESSAGES = 500;

const Content = z.object({ text: z.string().max(MAX_TEXT).default(""), blocks: z.unknown().optional() });
const Post = Content.extend({ channel: z.string().min(1).max(100), thread_ts: z.string().max(40).optional() });
const Update = Content.extend({ channel: z.string().min(1).max(100), ts: z.string().min(1).max(40) });

export const InboxMessage = z.object({
  /** As the sender named it. */
  channel: z.string(),
  /** The message's id in its channel: Unix seconds, a dot and a counter, like Slack's. */
  ts: z.string(),
  /** The message whose thread it stands in. */
  threadTs: z.string().optional(),
  text: z.string(),
  blocks: z.array(Block),
  /** How often it was edited. */
  edits: z.number(),
  /** Unix ms. */
  postedAt: z.number(),
  /** Unix ms; null before the first edit. */
  editedAt: z.number().nullable(),
});
export type InboxMessage = z.infer<typeof InboxMessage>;

/** Slack's answer: a failure too comes with HTTP status 200. */
export type Answer =
  | { ok: true; channel: string; ts: string; text?: string; message?: { text: string; ts: string; type: "message" } }
  | { ok: false; error: string; response_metadata?: { messages: string[] } };

function refuse(error: string, reason?: string): Answer {
  return reason === undefined ? { ok: false, error } : { ok: false, error, response_metadata: { messages: [reason] } };
}

/** Slack answers with the id of the channel, whose name may change, and takes only that for an edit. */
export function channelId(channel: string): string {
  if (/^[CDG][A-Z0-9]{8,}$/.test(channel)) return channel;
  return `C${createHash("sha256").update(channel).digest("hex").slice(0, 10).toUpperCase()}`;
}

/** The methods of Slack's Web API that log0 calls, on messages in memory. */
export class SlackInbox {
  private readonly messages: InboxMessage[];
  private counter: number;

  /** @param messages of an earlier run, oldest first */
  constructor(messages: readonly InboxMessage[] = []) {
    this.messages = messages.slice(-MAX_MESSAGES);
    this.counter = Number(this.messages.at(-1)?.ts.split(".")[1] ?? 0);
  }

  /** Newest first. */
  list(): InboxMessage[] {
    return this.messages.toReversed();
  }

  /** `chat.postMessage` @param now Unix ms */
  post(body: unknown, now: number): Answer {
    const content = read(Post, body);
    if (!content.ok) return content.answer;
    const { channel: named, text, blocks, thread_ts: threadTs } = content.value;
    // Replies name the channel by its id.
    const channel = this.messages.find((message) => channelId(message.channel) === named)?.channel ?? named;
    this.counter = (this.counter + 1) % 1_000_000;
    const ts = `${Math.floor(now / 1000)}.${String(this.counter).padStart(6, "0")}`;
    const thread = threadTs === undefined ? {} : { threadTs };
    this.messages.push({ channel, ts, ...thread, text, blocks, edits: 0, postedAt: now, editedAt: null });
    if (this.messages.length > MAX_MESSAGES) this.messages.shift();
    return { ok: true, channel: channelId(channel), ts, message: { type: "message", text, ts } };
  }

  /** `chat.update` @param now Unix ms */
  update(body: unknown, now: number): Answer {
    const content = read(Update, body);
    if (!content.ok) return content.answer;
    const { channel, ts, text, blocks } = content.value;
    const inChannel = this.messages.filter((message) => channelId(message.channel) === channel);
    const message = inChannel.find((candidate) => candidate.ts === ts);
    if (message === undefined) return refuse("message_not_found");
    Object.assign(message, { text, blocks, edits: message.edits + 1, editedAt: now });
    return { ok: true, channel, ts, text };
  }
}

type Read<T> = { ok: true; value: T & { blocks: Block[] } } | { ok: false; answer: Answer };

function read<T extends z.infer<typeof Content>>(schema: z.ZodType<T>, body: unknown): Read<T> {
  const content = schema.safeParse(body);
  if (!content.success) return { ok: false, answer: refuse("invalid_arguments", firstIssue(content.error)) };
  const blocks = Blocks.safeParse(content.data.blocks ?? []);
  if (!blocks.success) return { ok: false, answer: refuse("invalid_blocks", firstIssue(blocks.error)) };
  if (content.data.text === "" && blocks.data.length === 0) return { ok: false, answer: refuse("no_text") };
  return { ok: true, value: { ...content.data, blocks: blocks.data } };
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `[ERROR] ${issue?.message ?? "invalid"} [json-pointer:/${issue?.path.map(String).join("/") ?? ""}]`;
}
