import { CLOSE_CODES, LIVE_LIMITS } from "../../core/live/limits.ts";
import type { LiveFilter } from "../../core/live/live-filter.ts";
import type { LiveLog } from "../../core/live/live-log.ts";
import { type Rate, rateFor } from "../../core/live/sampler.ts";
import { type Audience, audiencesOf, furthestBehind, Viewer, ViewerState } from "../../core/live/viewer.ts";

/** A socket with the state behind it. */
interface Entry {
  socket: WebSocket;
  viewer: Viewer;
  filter: LiveFilter;
}

/** Lets other requests, and other objects of this isolate, go first. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The open sockets of a LiveTail object. Each viewer's state lies in its socket's attachment whenever it may hibernate. */
export class Sockets {
  private readonly entries = new Map<WebSocket, Entry>();
  private groups: Audience<Entry>[] | undefined;

  /** @param sockets those that hibernated; the ones that are closing are not taken up again */
  constructor(sockets: readonly WebSocket[], now: number) {
    for (const socket of sockets) {
      if (socket.readyState !== WebSocket.READY_STATE_OPEN) continue;
      const state = ViewerState.safeParse(socket.deserializeAttachment());
      if (state.success) this.put(socket, new Viewer(state.data, rateFor(sockets.length), now));
      else socket.close(CLOSE_CODES.tryAgain, "connect again");
    }
  }

  get size(): number {
    return this.entries.size;
  }

  get credentials(): string[] {
    return [...new Set([...this.entries.values()].map(({ viewer }) => viewer.credential))];
  }

  private get rate(): Rate {
    return rateFor(this.entries.size);
  }

  /** Sockets that want the same, together. */
  get audiences(): readonly Audience<Entry>[] {
    this.groups ??= audiencesOf(this.entries.values());
    return this.groups;
  }

  viewerOf(socket: WebSocket): Viewer | undefined {
    return this.entries.get(socket)?.viewer;
  }

  add(socket: WebSocket, credential: string, filter: LiveFilter, now: number): void {
    const state: ViewerState = { credential, filter, backlog: { seq: 0, unacked: [] } };
    this.put(socket, new Viewer(state, this.rate, now));
    this.keep(socket);
  }

  private put(socket: WebSocket, viewer: Viewer): void {
    this.entries.set(socket, { socket, viewer, filter: viewer.filter });
    this.groups = undefined;
  }

  setFilter(socket: WebSocket, filter: LiveFilter): void {
    const viewer = this.viewerOf(socket);
    if (viewer === undefined) return;
    viewer.filter = filter;
    this.put(socket, viewer);
    this.keep(socket);
  }

  /** Writes the viewer's state where it outlives this object's memory. */
  keep(socket: WebSocket): void {
    const viewer = this.viewerOf(socket);
    if (viewer !== undefined) socket.serializeAttachment(viewer.state());
  }

  remove(socket: WebSocket): void {
    if (this.entries.delete(socket)) this.groups = undefined;
  }

  /** Closes a socket and forgets it. The reason has at most 123 bytes (RFC 6455, section 5.5). */
  close(socket: WebSocket, code: number, reason: string): void {
    this.remove(socket);
    try {
      socket.close(code, reason);
    } catch {
      // It is closed already.
    }
  }

  closeWhere(isAffected: (viewer: Viewer) => boolean, code: number, reason: string): void {
    for (const { socket, viewer } of [...this.entries.values()]) {
      if (isAffected(viewer)) this.close(socket, code, reason);
    }
  }

  /** Offers logs to those who want them. With many filters, others have their turn in between. */
  async offer(logs: readonly LiveLog[], now: number): Promise<void> {
    const { rate } = this;
    let questions = 0;
    for (const audience of this.audiences) {
      if (questions >= LIVE_LIMITS.questionsAtOnce) {
        questions = 0;
        await othersTurn();
      }
      questions += logs.length;
      const matching = audience.matcher.select(logs);
      if (matching.length === 0) continue;
      for (const entry of audience.viewers) {
        // Meanwhile it may have left, or want something else.
        if (this.entries.get(entry.socket) === entry) entry.viewer.offer(matching, rate, now);
      }
    }
  }

  /** Notes logs that nobody looked at. */
  miss(count: number): void {
    for (const { viewer } of this.entries.values()) viewer.miss(count);
  }

  /** Sends what was offered. */
  flush(): void {
    for (const { socket, viewer } of [...this.entries.values()]) this.sendAll(socket, viewer, viewer.messages());
    for (const { socket, viewer } of furthestBehind([...this.entries.values()])) {
      this.close(socket, CLOSE_CODES.tooSlow, `too slow: ${viewer.unackedBytes} bytes are not acknowledged`);
    }
  }

  /** Says what was sampled and dropped. */
  notify(): void {
    for (const { socket, viewer } of [...this.entries.values()]) this.sendAll(socket, viewer, viewer.notices());
  }

  send(socket: WebSocket, message: unknown): void {
    const viewer = this.viewerOf(socket);
    if (viewer !== undefined) this.sendAll(socket, viewer, [JSON.stringify(message)]);
  }

  private sendAll(socket: WebSocket, viewer: Viewer, messages: readonly string[]): void {
    try {
      for (const message of messages) socket.send(message);
      if (messages.length > 0) this.keep(socket);
    } catch {
      // The client went away; its close event may still be on the way.
      this.remove(socket);
    }
    if (viewer.tooSlow !== undefined) this.close(socket, CLOSE_CODES.tooSlow, viewer.tooSlow);
  }
}
