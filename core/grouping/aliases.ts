/** One fingerprint that counts with another. */
export interface Alias {
  readonly fingerprint: string;
  readonly target: string;
}

/**
 * Which fingerprints count together: a forest, each with at most one target, the end of a chain being the one that
 * windows and incidents know.
 */
export class Aliases {
  private readonly targets: ReadonlyMap<string, string>;
  private readonly members: ReadonlySet<string>;

  constructor(aliases: readonly Alias[] = []) {
    this.targets = new Map(aliases.map(({ fingerprint, target }) => [fingerprint, target]));
    this.members = new Set(aliases.flatMap(({ fingerprint, target }) => [fingerprint, target]));
  }

  /** Whether the fingerprint is merged with any other. */
  has(fingerprint: string): boolean {
    return this.members.has(fingerprint);
  }

  /** The end of the chain; the fingerprint itself where it is no alias. A cycle, which no write makes, ends anywhere. */
  rootOf(fingerprint: string): string {
    let root = fingerprint;
    for (let steps = this.targets.size; steps > 0; steps--) {
      const target = this.targets.get(root);
      if (target === undefined) break;
      root = target;
    }
    return root;
  }

  /** All fingerprints that count with this one, itself among them, the root first. */
  groupOf(fingerprint: string): string[] {
    const root = this.rootOf(fingerprint);
    const others = [...this.members].filter((member) => member !== root && this.rootOf(member) === root);
    return [root, ...others];
  }
}
