import * as z from "zod";
import { LIVE_LIMITS } from "./limits.ts";

/** What a socket was sent and has not acknowledged: survives hibernation in the socket's attachment. */
export const BacklogState = z.object({
  /** Sequence number of the newest message; 0 before the first. */
  seq: z.int().min(0),
  /** Bytes of the unacknowledged messages, oldest first. */
  unacked: z.array(z.int().min(0)).max(LIVE_LIMITS.unackedMessages),
});
export type BacklogState = z.infer<typeof BacklogState>;

/** The account of one socket's unacknowledged messages. */
export class Backlog {
  private seq: number;
  private readonly unacked: number[];
  private total: number;

  constructor(state: BacklogState = { seq: 0, unacked: [] }) {
    this.seq = state.seq;
    this.unacked = [...state.unacked];
    this.total = this.unacked.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes that are not acknowledged. */
  get bytes(): number {
    return this.total;
  }

  /** The number that the next message will have. */
  get next(): number {
    return this.seq + 1;
  }

  /** Why the socket cannot be sent more; undefined when it can. A message larger than the limit passes alone. */
  get excess(): string | undefined {
    if (this.unacked.length < LIVE_LIMITS.unackedMessages && this.total < LIVE_LIMITS.unackedBytes) return undefined;
    return `too slow: ${this.unacked.length} messages of ${this.total} bytes are not acknowledged`;
  }

  sent(bytes: number): void {
    this.seq++;
    this.unacked.push(bytes);
    this.total += bytes;
  }

  /** Notes that all up to `seq` has arrived. @returns false when no message had that number */
  acknowledge(seq: number): boolean {
    if (seq > this.seq) return false;
    while (this.seq - this.unacked.length < seq) this.total -= this.unacked.shift() ?? 0;
    return true;
  }

  state(): BacklogState {
    return { seq: this.seq, unacked: [...this.unacked] };
  }
}
