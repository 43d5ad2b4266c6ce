/** What a counter has given away in its window. */
export interface Counter {
  /** Unix ms; from then on it counts from zero. */
  endsAt: number;
  granted: number;
}

/** An isolate asks for a share of a counter. */
export interface LeaseRequest {
  /** Name of the counter, within its object. */
  counter: string;
  /** The most that may be granted in a window. */
  limit: number;
  /** Windows are tumbling, aligned to the epoch. */
  windowMs: number;
  /** What the isolate would like. */
  want: number;
  /** What is of no use in smaller parts; less than that is not granted at all. At least 1. */
  atLeast: number;
  /** Whether a restart of the object must remember it. That costs a row written a lease. */
  lasting: boolean;
}

/** What an isolate may spend, until the window ends. */
export interface Lease {
  /** 0 when it is refused. */
  granted: number;
  /** What the counter can still grant to others. */
  remaining: number;
  /** Unix ms. */
  resetAt: number;
}

/** Unix ms at which the window around `now` ends. */
export function windowEnd(now: number, windowMs: number): number {
  return (Math.floor(now / windowMs) + 1) * windowMs;
}

/** The share of `left` that a request gets: what it wants, or what is there, or nothing. */
export function shareOf(left: number, request: Pick<LeaseRequest, "want" | "atLeast">): number {
  const share = Math.min(left, Math.max(request.want, request.atLeast));
  return share < request.atLeast ? 0 : Math.max(0, share);
}

/**
 * Grants a share. Whatever is asked, in whatever order: what is granted in a window never sums up to more than the
 * limit (the greatest one, where it changes within a window).
 * @param counter undefined for one that is not known
 * @param now Unix ms. One that goes back does not end a window, and does not make it longer.
 */
export function grant(
  counter: Counter | undefined,
  request: LeaseRequest,
  now: number,
): { counter: Counter; lease: Lease } {
  const end = windowEnd(now, request.windowMs);
  const goesOn = counter !== undefined && now < counter.endsAt;
  const endsAt = goesOn ? Math.min(counter.endsAt, now + request.windowMs) : end;
  const before = goesOn ? counter.granted : 0;
  const granted = shareOf(request.limit - before, request);
  const after = before + granted;
  return {
    counter: { endsAt, granted: after },
    lease: { granted, remaining: Math.max(0, request.limit - after), resetAt: endsAt },
  };
}
