/** Allows a rate with bursts of one second's worth. Time is Unix ms; a clock that goes back gives nothing. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(perSecond: number, now: number) {
    this.tokens = perSecond;
    this.filledAt = now;
  }

  /** Tokens at hand, 0 or more, at a rate that may have changed. */
  available(perSecond: number, now: number): number {
    const elapsed = Math.max(0, now - this.filledAt);
    this.tokens = Math.min(perSecond, this.tokens + (elapsed * perSecond) / 1000);
    this.filledAt = Math.max(this.filledAt, now);
    return Math.max(0, this.tokens);
  }

  /** Spends tokens, into debt if need be: something larger than the bucket passes too, and is paid off afterwards. */
  spend(tokens: number): void {
    this.tokens -= tokens;
  }
}
