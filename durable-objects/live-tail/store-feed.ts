import { errorMessage } from "../../core/errors.ts";
import { LiveFeed } from "../../core/live/live-feed.ts";
import { encodeEnvelope, type PackedSection, packSections, sectionBytes } from "../../core/wire/envelope.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";

const NO_BYTES = new Uint8Array(0);

/** A section without what only windows and deduplication need. */
function slim({ section, body }: PackedSection): PackedSection {
  const { dedup: _dedup, ...rest } = section;
  return { section: { ...rest, digestBytes: 0 }, body, digest: NO_BYTES };
}

/** What a LogStore object tells the tenant's LiveTail object, while that has a lease. Nothing here fails an append. */
export class StoreFeed {
  private readonly ctx: DurableObjectState;
  private readonly platform: Platform;
  private readonly feed: LiveFeed;
  private target: { tenantId: string; shard: number } | undefined;

  constructor(ctx: DurableObjectState, platform: Platform) {
    this.ctx = ctx;
    this.platform = platform;
    // The lease is kept: else a store that restarts is silent until the next renewal.
    const until = ctx.storage.kv.get<number>("watchedUntil") ?? 0;
    const send = async (envelopes: Uint8Array[], dropped: number) =>
      platform.liveTail(scopeTo(platform, this.target?.tenantId ?? "").tenantId).feed(envelopes, dropped);
    this.feed = new LiveFeed({ send, now: platform.now }, until);
  }

  /** Feeds for `leaseMs` from now; 0 ends it. */
  watch(leaseMs: number): void {
    const until = leaseMs <= 0 ? 0 : this.platform.now() + leaseMs;
    this.feed.lease(until);
    if (until > 0) this.ctx.storage.kv.put("watchedUntil", until);
    else this.ctx.storage.kv.delete("watchedUntil");
  }

  /** Hands on what an append has stored, without waiting. */
  tell(target: { tenantId: string; shard: number }, stored: readonly PackedSection[]): void {
    if (!this.feed.isWatched) return;
    this.target = target;
    try {
      for (const sections of packSections(stored.map(slim))) {
        const work = this.feed.offer({
          bytes: sections.reduce((sum, packed) => sum + sectionBytes(packed), 0),
          count: sections.reduce((sum, { section }) => sum + section.count - (section.skipped?.length ?? 0), 0),
          encode: () => encodeEnvelope({ stage: "normalized", ...target, sections }),
        });
        if (work !== undefined) this.ctx.waitUntil(work);
      }
    } catch (error) {
      console.error({ message: "live tail not fed", error: errorMessage(error) });
    }
  }
}
