import { Log0Error } from "../core/errors.ts";
import { newChunkId, shardOf } from "../core/ids.ts";
import { ChunkBuilder, rawSize } from "../core/ingest/chunks.ts";
import type { ParsedEvent } from "../core/ingest/parse-event.ts";
import { type Lane, publishAtomically } from "../services/logs/publish-sections.ts";
import type { TenantScope } from "../services/platform.ts";
import type { SendingSource } from "../services/tenants/principal.ts";

/**
 * How long the first request of a group waits for others, in ms. A request then costs a share of a queue message
 * instead of a whole one, where requests of one tenant meet in one isolate.
 */
const GATHER_MS = 8;

/**
 * Bytes that a group's columns should have compressed. Normalized they grow by a quarter, and should then still
 * fit one queue message: what does not has to go through R2, which costs as much as ten messages.
 */
const TARGET_BYTES = 96_000;

/** Raw bytes that a group may gather whatever they compress to: a stage inflates one chunk at a time, in memory. */
const MAX_GROUP_BYTES = 1024 * 1024;

/** What logs compress to here, as a part of their raw size: learnt from the chunks sent so far. */
let compression = 0.25;
const LEARNING_RATE = 0.1;

/** Followers look whether the group was sent, first after FIRST_LOOK_MS, then every LOOK_MS. */
const FIRST_LOOK_MS = 10;
const LOOK_MS = 3;

/** A group that has not been sent by then is not waited for any longer; its client sends again. */
const GIVE_UP_MS = 15_000;

interface Group {
  chunkId: string;
  lane: Lane;
  receivedAt: number;
  chunk: ChunkBuilder;
  /** Set once, by the request that sends: followers may not await its promises, which belong to its I/O context. */
  outcome: "sent" | Log0Error | undefined;
}

/** Where a request's events came to lie. */
export interface Placement {
  chunkId: string;
  firstIndex: number;
}

const open = new Map<string, Group>();

function join(group: Group, events: readonly ParsedEvent[]): Placement {
  const firstIndex = group.chunk.events.length;
  group.chunk.requests++;
  for (const parsed of events) group.chunk.add(parsed, rawSize(parsed));
  return { chunkId: group.chunkId, firstIndex };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function follow(group: Group, scope: TenantScope): Promise<void> {
  const until = scope.now() + GIVE_UP_MS;
  let delay = FIRST_LOOK_MS;
  while (group.outcome === undefined) {
    if (scope.now() > until) {
      throw new Log0Error("unavailable", "the logs could not be queued in time", { permanent: false, retryAfter: 2 });
    }
    await sleep(delay);
    delay = LOOK_MS;
  }
  if (group.outcome !== "sent") throw group.outcome;
}

async function lead(group: Group, key: string, scope: TenantScope, source: SendingSource): Promise<void> {
  await sleep(GATHER_MS);
  if (open.get(key) === group) open.delete(key);
  try {
    const section = group.chunk.build(group.chunkId, group.receivedAt, source);
    compression += LEARNING_RATE * (section.body.byteLength / group.chunk.bytes - compression);
    await publishAtomically(scope, shardFor(group.chunkId, source), [section], group.lane);
    group.outcome = "sent";
  } catch (error) {
    group.outcome =
      error instanceof Log0Error
        ? error
        : new Log0Error("unavailable", "the logs could not be queued", {
            permanent: false,
            retryAfter: 2,
            cause: error,
          });
    throw group.outcome;
  }
}

/**
 * The store that a chunk goes to. A source that asks for deduplication always goes to the same one, because that is
 * where its hashes are known.
 */
export function shardFor(chunkId: string, source: SendingSource): number {
  return shardOf(source.dedup === "none" ? chunkId : source.sourceId, source.shards);
}

/**
 * Sends the events of a small request together with those of others of the same source that arrive within a few ms.
 * Resolves when the queue has them; they are sent whole or not at all.
 * @param keepAlive lets the sending outlive the request that leads the group
 * @throws Log0Error unavailable
 */
export async function sendTogether(
  scope: TenantScope,
  source: SendingSource,
  events: readonly ParsedEvent[],
  receivedAt: number,
  lane: Lane,
  keepAlive: (work: Promise<unknown>) => void,
): Promise<Placement> {
  const key = `${source.tenantId}:${source.sourceId}:${lane}`;
  const bytes = events.reduce((sum, parsed) => sum + rawSize(parsed), 0);
  const group = open.get(key);
  const limit = Math.min(MAX_GROUP_BYTES, TARGET_BYTES / compression);
  if (group !== undefined && group.chunk.bytes + bytes <= limit) {
    const placement = join(group, events);
    await follow(group, scope);
    return placement;
  }
  const mine: Group = {
    chunkId: newChunkId(receivedAt, scope.random(10)),
    lane,
    receivedAt,
    chunk: new ChunkBuilder(),
    outcome: undefined,
  };
  const placement = join(mine, events);
  open.set(key, mine);
  const sending = lead(mine, key, scope, source);
  keepAlive(sending.catch(() => undefined));
  await sending;
  return placement;
}
