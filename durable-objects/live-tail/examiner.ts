import { errorMessage } from "../../core/errors.ts";
import { LIVE_LIMITS } from "../../core/live/limits.ts";
import { LiveLog } from "../../core/live/live-log.ts";
import { evenly } from "../../core/live/sampler.ts";
import { TokenBucket } from "../../core/live/token-bucket.ts";
import { rowsOfChunk } from "../../core/wire/columns.ts";
import type { PackedSection } from "../../core/wire/envelope.ts";
import { othersTurn, type Sockets } from "./sockets.ts";

/** Opens chunks, one at a time whichever store they came from, and spends a bounded share of the isolate's CPU on it. */
export class Examiner {
  private readonly sockets: Sockets;
  private readonly now: () => number;
  private readonly budget: TokenBucket;
  private turn: Promise<void> = Promise.resolve();

  constructor(sockets: Sockets, now: () => number) {
    this.sockets = sockets;
    this.now = now;
    this.budget = new TokenBucket(LIVE_LIMITS.openedPerSecond, now());
  }

  /** Offers a chunk's logs to the sockets, as many of them as there is time for; of the others they are told. */
  examine(tenantId: string, packed: PackedSection): Promise<void> {
    this.turn = this.turn.then(() => this.open(tenantId, packed));
    return this.turn;
  }

  /** Never throws: the next turn waits for this one. */
  private async open(tenantId: string, { section, body }: PackedSection): Promise<void> {
    const now = this.now();
    const count = section.count - (section.skipped?.length ?? 0);
    const available = this.budget.available(LIVE_LIMITS.openedPerSecond, now);
    if (available <= 0) {
      this.sockets.miss(count);
      return;
    }
    const opening = Math.max(section.count, section.rawBytes / LIVE_LIMITS.openedBytes);
    const asking = this.sockets.audiences.length / LIVE_LIMITS.filtersPerOpening;
    this.budget.spend(opening);
    try {
      const rows = rowsOfChunk(section, body);
      const examined = evenly(rows, Math.max(1, Math.floor((available - opening) / asking)));
      this.budget.spend(examined.length * asking);
      if (examined.length < rows.length) this.sockets.miss(rows.length - examined.length);
      const logs = examined.map((row) => new LiveLog(tenantId, row));
      await this.sockets.offer(logs, now);
      await othersTurn();
    } catch (error) {
      this.sockets.miss(count);
      console.error({ message: "chunk not shown live", chunkId: section.chunkId, error: errorMessage(error) });
    }
  }
}
