import * as z from "zod";
import { Backlog, BacklogState } from "./backlog.ts";
import { LIVE_LIMITS } from "./limits.ts";
import { LiveFilter, LiveMatcher } from "./live-filter.ts";
import type { LiveLog } from "./live-log.ts";
import { type Rate, Sampler } from "./sampler.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What is kept of a socket while its object hibernates. */
export const ViewerState = z.object({ credential: z.string(), filter: LiveFilter, backlog: BacklogState });
export type ViewerState = z.infer<typeof ViewerState>;

/** The state behind one socket: what it wants to see, what it was shown, and what it has acknowledged. */
export class Viewer {
  readonly credential: string;
  private wanted: LiveFilter;
  private readonly backlog: Backlog;
  private readonly sampler: Sampler;
  private readonly talk: TokenBucket;
  private chosen: LiveLog[] = [];
  private dropped = 0;
  private stuck: string | undefined;

  constructor(state: ViewerState, rate: Rate, now: number) {
    this.credential = state.credential;
    this.wanted = state.filter;
    this.backlog = new Backlog(state.backlog);
    this.sampler = new Sampler(rate, now);
    this.talk = new TokenBucket(LIVE_LIMITS.clientMessagesPerSecond, now);
  }

  get filter(): LiveFilter {
    return this.wanted;
  }

  set filter(filter: LiveFilter) {
    this.wanted = filter;
  }

  get unackedBytes(): number {
    return this.backlog.bytes;
  }

  /** Set once something could not be sent, because too much is unacknowledged: the socket is to be closed. */
  get tooSlow(): string | undefined {
    return this.stuck;
  }

  /** Chooses among logs that the filter matches; they go out with the next `messages`. */
  offer(matching: readonly LiveLog[], rate: Rate, now: number): void {
    for (const log of this.sampler.take(matching, (one) => one.bytes, rate, now)) this.chosen.push(log);
  }

  /** Notes logs that nobody looked at, so that it is not known whether they match. */
  miss(count: number): void {
    this.dropped += count;
  }

  /**
   * The messages with what was chosen since the last ones, up to the point where too much is unacknowledged: `tooSlow`
   * tells. What is behind that point is let go.
   */
  messages(): string[] {
    const out: string[] = [];
    let part: LiveLog[] = [];
    let bytes = 0;
    for (const log of this.chosen) {
      if (part.length > 0 && bytes + log.bytes > LIVE_LIMITS.messageBytes) {
        this.send(out, part, bytes);
        part = [];
        bytes = 0;
      }
      part.push(log);
      bytes += log.bytes;
    }
    this.chosen = [];
    if (part.length > 0) this.send(out, part, bytes);
    return out;
  }

  private send(out: string[], logs: readonly LiveLog[], bytes: number): void {
    this.stuck ??= this.backlog.excess;
    if (this.stuck !== undefined) return;
    const items = logs.map((log) => log.json).join(",");
    out.push(`{"type":"logs","seq":${this.backlog.next},"dropped":${this.dropped},"logs":[${items}]}`);
    this.backlog.sent(bytes);
    this.dropped = 0;
  }

  /** What else is to be said, about once a second: that logs were sampled, or dropped with none to show after them. */
  notices(): string[] {
    const out: string[] = [];
    if (this.dropped > 0) this.send(out, [], 0);
    const sampled = this.sampler.notice();
    if (sampled !== undefined) out.push(JSON.stringify({ type: "sampled", ...sampled }));
    return out;
  }

  /** @returns false when no message had that number */
  acknowledge(seq: number): boolean {
    return this.backlog.acknowledge(seq);
  }

  /** @returns false when the client talks too much */
  hear(now: number): boolean {
    if (this.talk.available(LIVE_LIMITS.clientMessagesPerSecond, now) < 1) return false;
    this.talk.spend(1);
    return true;
  }

  state(): ViewerState {
    return { credential: this.credential, filter: this.wanted, backlog: this.backlog.state() };
  }
}

/** Viewers that want the same: what matches is found out once for all of them. */
export interface Audience<V> {
  matcher: LiveMatcher;
  viewers: V[];
}

/** Groups by filter. */
export function audiencesOf<V extends { filter: LiveFilter }>(viewers: Iterable<V>): Audience<V>[] {
  const groups = new Map<string, Audience<V>>();
  for (const viewer of viewers) {
    const key = JSON.stringify(viewer.filter);
    const group = groups.get(key);
    if (group !== undefined) group.viewers.push(viewer);
    else groups.set(key, { matcher: new LiveMatcher(viewer.filter), viewers: [viewer] });
  }
  return [...groups.values()];
}

/** Those to let go, furthest behind first, while all together leave too much unacknowledged. */
export function furthestBehind<E extends { viewer: { unackedBytes: number } }>(entries: readonly E[]): E[] {
  let left = entries.reduce((sum, { viewer }) => sum + viewer.unackedBytes, 0);
  if (left <= LIVE_LIMITS.sharedUnackedBytes) return [];
  const sorted = [...entries].sort((a, b) => b.viewer.unackedBytes - a.viewer.unackedBytes);
  const gone: E[] = [];
  for (const entry of sorted) {
    if (left <= LIVE_LIMITS.sharedUnackedBytes) break;
    left -= entry.viewer.unackedBytes;
    gone.push(entry);
  }
  return gone;
}
