import type { Contribution } from "../../core/clusters/digest.ts";
import { levelRank } from "../../core/events/level.ts";
import { type Sighting, sightPatterns } from "../../services/grouping/note-patterns.ts";
import type { TenantScope } from "../../services/platform.ts";

/** Fingerprints that are known to be noted. Beyond it all are forgotten, and noted once more, which changes nothing. */
const MAX_KNOWN = 20_000;

/** Patterns that wait to be noted. What finds no room is noted when its segment is written, and not told. */
const MAX_WAITING = 200;

/**
 * Notices patterns of WARN and worse that this store has not met since it started. Whether one is new to the tenant,
 * the database says. Held in memory only: what a crash loses here is noted with its segment.
 */
export class Sightings {
  private known = new Set<string>();
  private waiting: Sighting[] = [];

  see(contribution: Contribution): void {
    const { fingerprint, previous, template, serviceName, level, firstAt } = contribution;
    if (this.known.has(fingerprint) || levelRank(level) < levelRank("WARN")) return;
    if (this.waiting.length >= MAX_WAITING) return;
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.add(fingerprint);
    this.waiting.push({ fingerprint, previous, template, serviceName, level, firstSeen: firstAt });
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** @throws when the database does not answer; the next call tries again */
  async note(scope: TenantScope, tell: boolean): Promise<void> {
    const noted = [...this.waiting];
    if (noted.length === 0) return;
    await sightPatterns(scope, noted, tell);
    this.waiting = this.waiting.slice(noted.length);
  }
}
