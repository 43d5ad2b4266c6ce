import * as z from "zod";
import { SlackView } from "../../core/notifications/slack-blocks.ts";
import type { Answer, SlackInbox } from "./slack-inbox.ts";

/** The only account of the local workspace: the owner of the tenant `demo`. */
export const LOCAL_TEAM = "TLOCAL";
export const LOCAL_ACCOUNT = "ULOCAL";
const LOCAL_EMAIL = "demo@log0.test";

const TRIGGER_MS = 3_000;

const Ephemeral = z.object({ channel: z.string(), text: z.string() });
const View = z.object({ view_id: z.string().optional(), view: SlackView });

/** A modal that log0 has opened, until it is sent off. */
export interface OpenModal {
  id: string;
  view: SlackView;
}

type Reply = Answer | ({ ok: true } & Record<string, unknown>);

const account = {
  id: LOCAL_ACCOUNT,
  team_id: LOCAL_TEAM,
  tz_offset: new Date().getTimezoneOffset() * -60,
  profile: { email: LOCAL_EMAIL },
};

/** Methods of Slack's Web API that log0 calls beside posting and editing, for a workspace of one account. */
export class SlackWorkspace {
  private readonly inbox: SlackInbox;
  private count = 0;
  private onModal: () => void = () => undefined;
  /** The modal in front. */
  modal: OpenModal | undefined;

  constructor(inbox: SlackInbox) {
    this.inbox = inbox;
  }

  /** @returns undefined for a method that is none of these @param now Unix ms */
  answer(method: string, body: Readonly<Record<string, unknown>>, now: number): Reply | undefined {
    switch (method) {
      case "auth.test":
        return { ok: true, team_id: LOCAL_TEAM, team: "local inbox", user: "log0", user_id: "ULOG0" };
      case "users.info":
        return body.user === LOCAL_ACCOUNT ? { ok: true, user: account } : { ok: false, error: "user_not_found" };
      case "users.lookupByEmail":
        return body.email === LOCAL_EMAIL ? { ok: true, user: account } : { ok: false, error: "users_not_found" };
      case "conversations.open":
        return { ok: true, channel: { id: `D${LOCAL_ACCOUNT}000` } };
      case "chat.postEphemeral": {
        const message = Ephemeral.safeParse(body);
        if (!message.success) return { ok: false, error: "invalid_arguments" };
        return this.whisper(message.data.text, now);
      }
      case "views.open":
      case "views.update":
        return this.show(method, body);
      default:
        return undefined;
    }
  }

  /** What only the clicker sees. */
  whisper(text: string, now: number): Answer {
    return this.inbox.post({ channel: "only you", text }, now);
  }

  /** Waits until another modal than this one is in front; at most as long as a trigger lives. */
  async nextModal(before: string | undefined): Promise<void> {
    if (this.modal?.id !== before) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TRIGGER_MS);
      this.onModal = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private show(method: string, body: unknown): Reply {
    const parsed = View.safeParse(body);
    if (!parsed.success) return { ok: false, error: "invalid_arguments" };
    const { view, view_id } = parsed.data;
    if (method === "views.update" && view_id !== this.modal?.id) return { ok: false, error: "not_found" };
    const id = view_id ?? `V${++this.count}`;
    this.modal = { id, view };
    this.onModal();
    return { ok: true, view: { id } };
  }
}
