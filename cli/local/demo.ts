import { setTimeout as sleep } from "node:timers/promises";
import { escapeMrkdwn, formatCount } from "../../core/notifications/slack-message.ts";
import { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { type ApiClient, type Incident, readInbox } from "./api-client.ts";
import { STORM_LINES, STORM_SERVICE, type Story } from "./golden-path.ts";
import type { InboxMessage } from "./slack-inbox.ts";

export const DEMO_ENVIRONMENT = "production";

/** A tenant's window, where it has not chosen another length. */
const WINDOW_MS = TenantSettings.parse({}).windowMs;

/** Requests under way at once: as few agents send at the same moment. */
const SENDERS = 4;
const POLL_MS = 250;

/** After the last line is sent; far more than the pipeline needs. Shorter where nothing may come of it. */
const PATIENCE_MS = 60_000;
const DOUBTFUL_PATIENCE_MS = 15_000;

/** What is known so far, all of it read back through the public API and the inbox. */
export interface DemoState {
  /** Lines that log0 answered 202 for. */
  sent: number;
  /** Lines of this run found in the log store, and how many of them more than once. */
  stored: number;
  repeated: number;
  /** Incidents that this run opened or added to, and by how much all of them grew. */
  incidents: Incident[];
  grown: number;
  /** The inbox's messages about those incidents, newest first. */
  messages: InboxMessage[];
}

export interface DemoResult extends DemoState {
  story: Story;
  /** The storm's incident, when there is exactly one. */
  incident: Incident | undefined;
  /** Its occurrences before this run; 0 when this run opened it. */
  before: number;
  /** Why the result is not the expected one; empty when it is. */
  problems: string[];
  /** From the first line sent, in ms: until the first Slack message, and until all was as expected. */
  alertMs: number | undefined;
  totalMs: number;
}

export interface DemoOptions {
  api: ApiClient;
  /** Undefined when messages go to a Slack of the user's own, where they cannot be read back. */
  inboxUrl: string | undefined;
  story: Story;
  onProgress: (state: DemoState) => void;
}

/**
 * Plays the story against a running system, and waits until what it makes of it can be read back.
 *
 * @throws RequestError
 */
export async function playDemo({ api, inboxUrl, story, onProgress }: DemoOptions): Promise<DemoResult> {
  const startedAt = Date.now();
  const earlier = await api.incidents(DEMO_ENVIRONMENT);
  const before = new Map(earlier.map(({ id, occurrenceCount }) => [id, occurrenceCount]));
  const doubts = resolvedJustNow(earlier, story);
  const state: DemoState = { sent: 0, stored: 0, repeated: 0, incidents: [], grown: 0, messages: [] };
  let sending = true;
  const sent = sendStory(api, story, (lines) => {
    state.sent += lines;
    onProgress(state);
  }).finally(() => {
    sending = false;
  });
  // Whoever awaits it is busy polling when it fails.
  sent.catch(() => undefined);

  let deadline = Number.POSITIVE_INFINITY;
  let problems = ["nothing was sent"];
  while (Date.now() < deadline && problems.length > 0) {
    await sleep(POLL_MS);
    await readBack(api, inboxUrl, story, before, state);
    if (!sending) {
      await sent;
      deadline = Math.min(deadline, Date.now() + (doubts.length === 0 ? PATIENCE_MS : DOUBTFUL_PATIENCE_MS));
      if (state.stored < story.lines) await countStored(api, story, state);
      problems = problemsOf(state, story, before, inboxUrl !== undefined);
    }
    onProgress(state);
  }
  if (problems.length > 0) problems.push(...doubts);
  const incident = state.incidents.length === 1 ? state.incidents[0] : undefined;
  const firstMessage = state.messages.at(-1);
  return {
    ...state,
    story,
    incident,
    before: before.get(incident?.id ?? "") ?? 0,
    problems,
    // A message of an earlier run is edited, not posted.
    alertMs:
      firstMessage === undefined || firstMessage.postedAt < startedAt ? undefined : firstMessage.postedAt - startedAt,
    totalMs: Date.now() - startedAt,
  };
}

/** Why this run may open no incident: a window that the resolved one's pattern has crossed opens no second. */
function resolvedJustNow(earlier: readonly Incident[], story: Story): string[] {
  const recent = earlier.some(
    ({ serviceName, resolvedAt }) => serviceName === STORM_SERVICE && (resolvedAt ?? 0) > story.from - WINDOW_MS,
  );
  return recent
    ? [
        "an incident of the same pattern was resolved minutes ago, and only a later window opens the next: try again then",
      ]
    : [];
}

async function sendStory(api: ApiClient, story: Story, onSent: (lines: number) => void): Promise<void> {
  const batches = story.batches.values();
  const sender = async () => {
    for (const { serviceName, lines } of batches) {
      await api.send(lines, {
        "x-service-name": serviceName,
        "x-environment": DEMO_ENVIRONMENT,
        // The first line's id is the batch's own: should the answer be lost, the repeat changes nothing.
        "idempotency-key": lines[0]?.attributes.requestId ?? "",
      });
      onSent(lines.length);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

async function readBack(
  api: ApiClient,
  inboxUrl: string | undefined,
  story: Story,
  before: ReadonlyMap<string, number>,
  state: DemoState,
): Promise<void> {
  const services = new Set(story.batches.map(({ serviceName }) => serviceName));
  const growth = ({ id, occurrenceCount }: Incident) => occurrenceCount - (before.get(id) ?? 0);
  const incidents = await api.incidents(DEMO_ENVIRONMENT);
  state.incidents = incidents.filter((incident) => services.has(incident.serviceName) && growth(incident) > 0);
  state.grown = state.incidents.reduce((sum, incident) => sum + growth(incident), 0);
  if (inboxUrl === undefined) return;
  const messages = await readInbox(inboxUrl);
  state.messages = messages.filter((message) => state.incidents.some(({ id }) => isAbout(message, id)));
}

/** Whether the message links to the incident. */
function isAbout({ blocks }: InboxMessage, incidentId: string): boolean {
  const buttons = blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
  return buttons.some((button) => "url" in button && button.url?.includes(`/incidents/${incidentId}`) === true);
}

async function countStored(api: ApiClient, story: Story, state: DemoState): Promise<void> {
  const missing = new Set(story.batches.flatMap(({ lines }) => lines.map((line) => line.attributes.requestId)));
  const all = new Set(missing);
  let repeated = 0;
  for await (const { attributes } of api.logs(story.from, story.to + 1)) {
    const id = attributes?.requestId;
    // Lines of other runs, and of whoever else writes to the tenant, may lie in the same three minutes.
    if (typeof id !== "string" || !all.has(id)) continue;
    if (!missing.delete(id)) repeated++;
  }
  state.stored = all.size - missing.size;
  state.repeated = repeated;
}

/** What is not as it should be, or not yet. */
function problemsOf(
  state: DemoState,
  story: Story,
  before: ReadonlyMap<string, number>,
  inboxIsRead: boolean,
): string[] {
  const problems: string[] = [];
  const { incidents, messages, stored, repeated, grown } = state;
  if (stored !== story.lines) problems.push(`${formatCount(stored)} of ${formatCount(story.lines)} lines are stored`);
  if (repeated > 0) problems.push(`${formatCount(repeated)} lines are stored more than once`);
  const [incident] = incidents;
  if (incidents.length !== 1 || incident?.serviceName !== STORM_SERVICE) {
    const services = incidents.map(({ serviceName }) => serviceName).join(", ");
    problems.push(`${incidents.length} incidents instead of 1${services === "" ? "" : ` (${services})`}`);
    return problems;
  }
  // An earlier run that was cut short may still be adding to the incident that it opened.
  if (before.has(incident.id) ? grown < STORM_LINES : grown !== STORM_LINES) {
    problems.push(`the incident counts ${formatCount(grown)} of this run's ${formatCount(STORM_LINES)} lines`);
  }
  if (incident.summary === null) problems.push("the incident has no summary");
  if (!inboxIsRead) return problems;
  const [message] = messages;
  if (messages.length !== 1 || message === undefined) {
    problems.push(`${messages.length} Slack messages instead of 1`);
  } else if (!shows(message, incident)) {
    problems.push("the Slack message does not show the incident's count and summary");
  }
  return problems;
}

function shows({ text, blocks }: InboxMessage, { occurrenceCount, summary }: Incident): boolean {
  const texts = blocks.map((block) => (block.type === "section" ? (block.text?.text ?? "") : ""));
  return (
    text.includes(`${formatCount(occurrenceCount)} in `) &&
    summary !== null &&
    texts.some((block) => block.includes(escapeMrkdwn(summary.summary)))
  );
}
