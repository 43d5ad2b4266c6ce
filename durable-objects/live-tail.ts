import { DurableObject } from "cloudflare:workers";
import { errorMessage, Log0Error } from "../core/errors.ts";
import { type ClientMessage, PING, PONG, readClientMessage } from "../core/live/client-message.ts";
import { CLOSE_CODES, LIVE_LIMITS } from "../core/live/limits.ts";
import { readFilter } from "../core/live/live-filter.ts";
import { readOpenUrl } from "../core/live/open-live.ts";
import { decodeEnvelope } from "../core/wire/envelope.ts";
import { type Platform, scopeTo, type TenantScope } from "../services/platform.ts";
import { checkAccess } from "../services/tenants/check-access.ts";
import type { Env } from "../workers/env.ts";
import { platformOf } from "../workers/platform.ts";
import { Examiner } from "./live-tail/examiner.ts";
import { Leases } from "./live-tail/leases.ts";
import { Sockets } from "./live-tail/sockets.ts";
import { heldIn, wipeStorage } from "./wipe.ts";

/** Keys and the tenant are looked at as often while sockets are open. */
const CHECK_MS = 15_000;

/** When a check or a lease failed. */
const RETRY_MS = 3_000;

/** A socket whose key cannot be checked is trusted for as long. */
const MAX_UNCHECKED_MS = 60_000;

/** Between two rounds of messages, so that a client has ten a second to acknowledge, however many stores feed. */
const FLUSH_MS = 100;

/** Between two rounds of notices. The timer keeps the object from hibernating, so it runs only after logs came. */
const NOTICE_MS = 1_000;

/** The live tail of one tenant: hibernating sockets, and the stores' logs filtered for each of them. */
export class LiveTail extends DurableObject<Env> {
  private readonly platform: Platform;
  private readonly sockets: Sockets;
  private readonly leases = new Leases();
  private readonly examiner: Examiner;
  private flushing: ReturnType<typeof setTimeout> | undefined;
  private flushedAt = 0;
  private notices: ReturnType<typeof setTimeout> | undefined;
  private alarmAt: number | null | undefined;
  /** Nothing is kept any more, until this object is evicted: what comes now was under way. */
  private wiped = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.platform = platformOf(env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    this.sockets = new Sockets(ctx.getWebSockets(), this.platform.now());
    this.examiner = new Examiner(this.sockets, this.platform.now);
  }

  /** Opens a socket for the Worker, which has checked the credential: 101, or 429 when there are too many. */
  override fetch(request: Request): Response {
    const { tenantId, credential, shards, filter, subprotocol } = readOpenUrl(request.url);
    if (this.wiped) return new Response(null, { status: 403 });
    if (this.sockets.size >= LIVE_LIMITS.sockets) return new Response(null, { status: 429 });
    const { 0: client, 1: server } = new WebSocketPair();
    const now = this.platform.now();
    if (this.ctx.storage.kv.get("tenantId") === undefined) this.ctx.storage.kv.put("tenantId", tenantId);
    this.ctx.acceptWebSocket(server);
    this.sockets.add(server, credential, filter, now);
    this.arm(now + CHECK_MS);
    this.ctx.waitUntil(this.begin(server, shards));
    const headers: HeadersInit = subprotocol ? { "sec-websocket-protocol": "log0" } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** The first message says from when on a socket sees what is stored, and whether all stores are watched. */
  private async begin(socket: WebSocket, shards: number): Promise<void> {
    const complete = await this.hold(shards);
    this.sockets.send(socket, { type: "ready", complete, filter: this.sockets.viewerOf(socket)?.filter });
  }

  private async hold(shards: number): Promise<boolean> {
    const scope = this.scope();
    const complete = scope !== undefined && (await this.leases.hold(scope, shards));
    if (!complete) this.arm(this.platform.now() + RETRY_MS);
    return complete;
  }

  /** Ends for good: its tenant is deleted. The stores are not asked to stop: they are wiped next. */
  async wipe(): Promise<void> {
    this.wiped = true;
    this.sockets.closeWhere(() => true, CLOSE_CODES.keyRevoked, "the tenant is deleted");
    await wipeStorage(this.ctx.storage);
  }

  held(): Promise<number> {
    return heldIn(this.ctx.storage);
  }

  private scope(): TenantScope | undefined {
    if (this.wiped) return undefined;
    const tenantId = this.ctx.storage.kv.get<string>("tenantId");
    return tenantId === undefined ? undefined : scopeTo(this.platform, tenantId);
  }

  /**
   * Shows stored logs to those who watch.
   * @param dropped events that a store could not hand over before these
   * @returns whether anyone watches
   */
  async feed(envelopes: Uint8Array[], dropped: number): Promise<boolean> {
    const tenantId = this.ctx.storage.kv.get<string>("tenantId");
    if (dropped > 0) this.sockets.miss(dropped);
    for (const bytes of envelopes) {
      if (this.sockets.size === 0 || tenantId === undefined) return false;
      const envelope = decodeEnvelope(bytes);
      if (envelope.tenantId !== tenantId) throw new Log0Error("internal", "an envelope of another tenant");
      for (const packed of envelope.sections) await this.examiner.examine(tenantId, packed);
    }
    this.flushSoon();
    return this.sockets.size > 0;
  }

  private flushSoon(): void {
    const wait = Math.min(FLUSH_MS, this.flushedAt + FLUSH_MS - this.platform.now());
    if (wait <= 0) this.flush();
    else this.flushing ??= setTimeout(() => this.flush(), wait);
    this.notices ??= setTimeout(() => {
      this.notices = undefined;
      this.sockets.notify();
      this.leaveIfEmpty();
    }, NOTICE_MS);
  }

  private flush(): void {
    if (this.flushing !== undefined) clearTimeout(this.flushing);
    this.flushing = undefined;
    this.flushedAt = this.platform.now();
    this.sockets.flush();
    this.leaveIfEmpty();
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    const viewer = this.sockets.viewerOf(socket);
    if (viewer === undefined) return;
    if (!viewer.hear(this.platform.now())) {
      this.close(socket, CLOSE_CODES.tooManyMessages, "too many messages");
      return;
    }
    const read = readClientMessage(data);
    if ("error" in read) this.close(socket, CLOSE_CODES.malformed, read.error);
    else this.answer(socket, read.message);
  }

  private answer(socket: WebSocket, message: ClientMessage): void {
    if (message.type === "ping") this.sockets.send(socket, { type: "pong" });
    else if (message.type === "filter") this.changeFilter(socket, message);
    else if (this.sockets.viewerOf(socket)?.acknowledge(message.seq) === true) this.sockets.keep(socket);
    else this.close(socket, CLOSE_CODES.malformed, "no message has that number");
  }

  /** A filter that makes no sense leaves the old one: people type queries while they watch. */
  private changeFilter(
    socket: WebSocket,
    { type: _type, ...fields }: Extract<ClientMessage, { type: "filter" }>,
  ): void {
    try {
      const filter = readFilter(fields);
      this.sockets.setFilter(socket, filter);
      this.sockets.send(socket, { type: "filtered", filter });
    } catch (error) {
      if (!(error instanceof Log0Error)) throw error;
      const column = "column" in error ? { column: error.column } : {};
      this.sockets.send(socket, { type: "error", code: error.code, message: error.message, ...column });
    }
  }

  /** Without an answer the client would wait for it: ten seconds in workerd. */
  override webSocketClose(socket: WebSocket): void {
    this.close(socket, 1000, "bye");
  }

  override webSocketError(socket: WebSocket): void {
    this.sockets.remove(socket);
    this.leaveIfEmpty();
  }

  private close(socket: WebSocket, code: number, reason: string): void {
    this.sockets.close(socket, code, reason);
    this.leaveIfEmpty();
  }

  /** With the last socket the stores stop feeding. */
  private leaveIfEmpty(): void {
    const scope = this.scope();
    if (this.sockets.size > 0 || scope === undefined) return;
    this.ctx.waitUntil(this.leases.release(scope, () => this.sockets.size === 0));
  }

  override async alarm(): Promise<void> {
    this.alarmAt = null;
    const scope = this.scope();
    if (this.sockets.size === 0 || scope === undefined) return;
    const ok = await this.check(scope);
    this.leaveIfEmpty();
    if (this.sockets.size > 0) this.arm(this.platform.now() + (ok ? CHECK_MS : RETRY_MS));
  }

  /** Closes sockets whose key or tenant does not stand any more, and renews the leases. @returns whether all went well */
  private async check(scope: TenantScope): Promise<boolean> {
    const { kv } = this.ctx.storage;
    try {
      const access = await checkAccess(scope, this.sockets.credentials);
      if (this.wiped) return true;
      if (kv.get("uncheckedSince") !== undefined) kv.delete("uncheckedSince");
      if (access.suspended) this.sockets.closeWhere(() => true, CLOSE_CODES.tenantSuspended, "the tenant is suspended");
      const isGone = (viewer: { credential: string }) => !access.valid.has(viewer.credential);
      this.sockets.closeWhere(isGone, CLOSE_CODES.keyRevoked, "the API key is expired or revoked");
      return this.sockets.size === 0 || (await this.leases.hold(scope, access.shards));
    } catch (error) {
      if (this.wiped) return true;
      // Kept, because an object that hibernates between two alarms remembers nothing.
      const since = kv.get<number>("uncheckedSince") ?? scope.now();
      kv.put("uncheckedSince", since);
      console.error({ message: "live sockets could not be checked", error: errorMessage(error) });
      if (scope.now() - since >= MAX_UNCHECKED_MS) {
        this.sockets.closeWhere(() => true, CLOSE_CODES.tryAgain, "the API key could not be checked; connect again");
      }
      return false;
    }
  }

  /** Sets the one alarm, unless an earlier one stands. */
  private arm(at: number): void {
    if (this.wiped) return;
    if (this.alarmAt != null && this.alarmAt <= at) return;
    this.alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
