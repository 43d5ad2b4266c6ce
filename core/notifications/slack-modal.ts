import * as z from "zod";
import type { Incident } from "../incidents/incident.ts";
import { decodeRef, encodeRef, type IncidentRef } from "./slack-actions.ts";
import type { SlackView } from "./slack-blocks.ts";
import { titleOf } from "./slack-message.ts";
import { plain } from "./slack-text.ts";

/** Slack's menus hold at most 100 options. */
export const MAX_ENGINEERS = 100;
/** As long as the API takes a note. */
const NOTE_CHARACTERS = 2_000;

const ASSIGNEE = "assignee";
const NOTE = "note";

const Metadata = z.object({
  ref: z.string(),
  channel: z.string().max(50).optional(),
  from: z.uuid().nullish(),
});

/** What a modal carries for the moment it is sent off. */
export interface ModalOrigin extends IncidentRef {
  /** Slack's id of the channel where it was opened. */
  channel?: string | undefined;
  /** Who had the incident when the form was shown: should it have changed hands meanwhile, the assignment is refused. */
  from?: string | null | undefined;
}

function modal(origin: ModalOrigin, rest: Pick<SlackView, "blocks" | "submit">): SlackView {
  return {
    type: "modal",
    callback_id: "assign",
    private_metadata: JSON.stringify({ ref: encodeRef(origin), channel: origin.channel, from: origin.from }),
    title: plain("Assign", 24),
    close: plain("Cancel", 24),
    ...rest,
  };
}

/** Opened at once, because a trigger lives 3 seconds; then it becomes the form, or says why not. */
export function messageModal(origin: ModalOrigin, text: string): SlackView {
  return modal(origin, { blocks: [{ type: "section", text: plain(text, 2_900) }] });
}

/** The form: an engineer and a note. @param engineers at least one, at most MAX_ENGINEERS are offered */
export function assignModal(
  origin: ModalOrigin,
  incident: Pick<Incident, "title" | "regressionOf">,
  engineers: readonly { id: string; name: string }[],
): SlackView {
  return modal(origin, {
    submit: plain("Assign", 24),
    blocks: [
      { type: "section", text: plain(titleOf(incident), 2_900) },
      {
        type: "input",
        block_id: ASSIGNEE,
        label: plain("Engineer", 2_000),
        element: {
          type: "static_select",
          action_id: ASSIGNEE,
          options: engineers.slice(0, MAX_ENGINEERS).map(({ id, name }) => ({ text: plain(name, 75), value: id })),
        },
      },
      {
        type: "input",
        block_id: NOTE,
        label: plain("Note", 2_000),
        optional: true,
        element: { type: "plain_text_input", action_id: NOTE, multiline: true, max_length: NOTE_CHARACTERS },
      },
    ],
  });
}

export function readMetadata(text: string): ModalOrigin | undefined {
  try {
    const { ref: encoded, ...rest } = Metadata.parse(JSON.parse(text));
    const ref = decodeRef(encoded);
    return ref === undefined ? undefined : { ...ref, ...rest };
  } catch {
    return undefined;
  }
}

const Values = z.object({
  [ASSIGNEE]: z.object({ [ASSIGNEE]: z.object({ selected_option: z.object({ value: z.uuid() }) }) }),
  [NOTE]: z.object({ [NOTE]: z.object({ value: z.string().max(NOTE_CHARACTERS).nullish() }) }).optional(),
});

/** What was filled in; undefined when it is not what the form asks for. */
export function readAssignment(values: unknown): { assigneeId: string; note: string | undefined } | undefined {
  const parsed = Values.safeParse(values);
  if (!parsed.success) return undefined;
  const note = parsed.data[NOTE]?.[NOTE].value?.trim();
  return {
    assigneeId: parsed.data[ASSIGNEE][ASSIGNEE].selected_option.value,
    note: note === undefined || note === "" ? undefined : note,
  };
}
