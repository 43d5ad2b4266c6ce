import ipaddr from "ipaddr.js";

/** What is remembered of an account, or of an address, whose attempts to sign in fail. */
export interface Attempts {
  /** Attempts that did not succeed, those under way among them. */
  readonly failures: number;
  /** Of the last one that was let through, Unix ms. */
  readonly lastAt: number;
  /** Unix ms until which nobody is let through. */
  readonly blockedUntil: number;
}

export const NO_ATTEMPTS: Attempts = { failures: 0, lastAt: 0, blockedUntil: 0 };

/** Failures are forgotten when nothing was tried for so long. */
export const FORGET_MS = 24 * 3600_000;

/** The wait after the first failures that are free: 1 s, then twice as long each time, up to `maxMs`. */
export interface Curve {
  readonly free: number;
  readonly maxMs: number;
}

/**
 * An account waits 5 minutes at most, because anybody can make it wait: at most 300 guesses in 24 hours. An address, which
 * many people may share, is free for longer, but waits up to an hour: at most 54.
 */
export const CURVES = {
  account: { free: 5, maxMs: 5 * 60_000 },
  address: { free: 20, maxMs: 60 * 60_000 },
} as const satisfies Record<string, Curve>;
export type AttemptKind = keyof typeof CURVES;

/** The wait after so many failures, in ms. */
export function waitAfter(kind: AttemptKind, failures: number): number {
  const { free, maxMs }: Curve = CURVES[kind];
  // The exponent is bounded, so that SQLite's integers could do the same.
  return failures < free ? 0 : Math.min(maxMs, 1000 * 2 ** Math.min(failures - free, 20));
}

export type Admission = { allowed: true; state: Attempts } | { allowed: false; retryAfterMs: number };

/**
 * Whether an attempt may be made now. It counts as a failure beforehand, so that guesses made at once do not all pass;
 * `succeeded` takes that back. An attempt that is refused changes nothing: knocking does not lengthen the wait.
 *
 * As SQL this is one upsert whose update has the condition `blocked_until <= now`; no row comes back when it is refused.
 *
 * @param now Unix ms
 */
export function attempt(state: Attempts, kind: AttemptKind, now: number): Admission {
  if (now < state.blockedUntil) return { allowed: false, retryAfterMs: state.blockedUntil - now };
  const failures = (now - state.lastAt >= FORGET_MS ? 0 : state.failures) + 1;
  return { allowed: true, state: { failures, lastAt: now, blockedUntil: now + waitAfter(kind, failures) } };
}

/**
 * The state after the attempt succeeded. Who knows an account's password has its failures forgotten. At an address only
 * that one attempt is taken back: who has one account of his own could otherwise guess at others without end.
 */
export function succeeded(state: Attempts, kind: AttemptKind): Attempts {
  if (kind === "account" || state.failures <= 1) return NO_ATTEMPTS;
  return { ...state, failures: state.failures - 1, blockedUntil: 0 };
}

/**
 * What an address is counted under: an IPv4 address itself, of an IPv6 address the /64, because whoever has one address
 * of it has them all.
 */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.toByteArray().slice(0, 8), ...Array<number>(8).fill(0)]).toString()}/64`;
}
