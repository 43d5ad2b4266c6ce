/** Compressed bytes that wait for the call under way to end; newer ones are dropped and counted. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Between two calls, so that many small batches become one call. */
const INTERVAL_MS = 100;

/** After a call that failed: twice as long each time, so that a receiver in trouble is not called ten times a second. */
const MAX_PAUSE_MS = 5_000;

/** A call that takes longer is given up, and no other begun until the receiver shows by a new lease that it lives. */
const TIMEOUT_MS = 10_000;

/** A batch of logs that may be handed over. */
export interface FedBatch {
  /** About what `encode` returns, so that nothing is encoded that does not fit. */
  bytes: number;
  /** Events in it. */
  count: number;
  encode(): Uint8Array;
}

export interface LiveFeedOptions {
  /** Hands over batches, and the number of events that were dropped before them. @returns whether anyone watches */
  send(envelopes: Uint8Array[], dropped: number): Promise<boolean>;
  /** Unix ms. */
  now(): number;
  intervalMs?: number;
  timeoutMs?: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Hands batches to one receiver while its lease runs, one call at a time, and never makes the one who offers wait. Its
 * memory is bounded; what does not fit is counted, and the count handed over with the next call.
 */
export class LiveFeed {
  private readonly options: LiveFeedOptions;
  private waiting: { bytes: Uint8Array; count: number }[] = [];
  private waitingBytes = 0;
  private dropped = 0;
  private running = false;
  private failures = 0;
  /** A call was given up under the present lease. */
  private stalled = false;
  private until: number;

  /** @param until end of the lease, Unix ms */
  constructor(options: LiveFeedOptions, until = 0) {
    this.options = options;
    this.until = until;
  }

  get isWatched(): boolean {
    return this.options.now() < this.until;
  }

  /** Sets the end of the lease, Unix ms; 0 ends it, and forgets what waits. */
  lease(until: number): void {
    this.until = until;
    this.stalled = false;
    if (until === 0) this.forget();
  }

  /** Takes a batch. @returns the work that begins with it, which never fails; undefined when some is under way */
  offer(batch: FedBatch): Promise<void> | undefined {
    if (!this.isWatched) return undefined;
    if (this.stalled || this.waitingBytes + batch.bytes > MAX_WAITING_BYTES) this.dropped += batch.count;
    else {
      const bytes = batch.encode();
      this.waiting.push({ bytes, count: batch.count });
      this.waitingBytes += bytes.byteLength;
    }
    if (this.running || this.stalled) return undefined;
    this.running = true;
    return this.run();
  }

  private async run(): Promise<void> {
    const interval = this.options.intervalMs ?? INTERVAL_MS;
    while (this.isWatched && !this.stalled && (this.waiting.length > 0 || this.dropped > 0)) {
      await this.call();
      await sleep(Math.min(MAX_PAUSE_MS, interval * 2 ** this.failures));
    }
    this.running = false;
    if (!this.isWatched) this.forget();
  }

  private async call(): Promise<void> {
    const batches = this.waiting;
    const count = this.dropped + batches.reduce((sum, batch) => sum + batch.count, 0);
    const { dropped, until } = this;
    this.forget();
    try {
      const envelopes = batches.map((batch) => batch.bytes);
      const answer = await this.withTimeout(this.options.send(envelopes, dropped));
      this.failures = 0;
      // A lease that was renewed meanwhile stands.
      if (answer === "nobody" && this.until === until) this.lease(0);
      if (answer !== "late") return;
      this.stalled = this.until === until;
    } catch {
      this.failures++;
    }
    this.dropped += count;
  }

  /** @throws what the call throws */
  private async withTimeout(call: Promise<boolean>): Promise<"watched" | "nobody" | "late"> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), this.options.timeoutMs ?? TIMEOUT_MS);
    });
    try {
      return await Promise.race([call.then((watched) => (watched ? "watched" : "nobody")), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private forget(): void {
    this.waiting = [];
    this.waitingBytes = 0;
    this.dropped = 0;
  }
}
