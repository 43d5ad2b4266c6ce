/** Distinct values that a count remembers; when it has twice as many, the rarest half goes. */
const MAX_VALUES = 5_000;

/** The most frequent values of a stream, in bounded memory. Exact while there are at most 5,000 distinct ones. */
export class TopCounts {
  private counts = new Map<string, number>();
  /** Whether every value is still counted. */
  exact = true;

  add(value: string, count = 1): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + count);
    if (this.counts.size > 2 * MAX_VALUES) {
      this.counts = new Map(this.sorted().slice(0, MAX_VALUES));
      this.exact = false;
    }
  }

  /** The `limit` most frequent, the most frequent first; equal ones by name. */
  top(limit: number): { value: string; count: number }[] {
    return this.sorted()
      .slice(0, limit)
      .map(([value, count]) => ({ value, count }));
  }

  private sorted(): [string, number][] {
    return [...this.counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
}
