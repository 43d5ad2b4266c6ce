/**
 * A circuit breaker as a pure state machine: closed, open until a time, then half-open, where one call at a time probes.
 * Its state is kept in one row that all isolates share (services/summaries/circuit.ts).
 */
export interface Circuit {
  /** Failures since the last success. */
  readonly failures: number;
  /** Unix ms until which no call is let through; null when the circuit is closed. */
  readonly openUntil: number | null;
  /** How often it has opened without a success in between: each time it stays open for longer. */
  readonly trips: number;
  /** Grows when it opens or closes: a call that was let through before says nothing about the time after. */
  readonly epoch: number;
  /** Until when (Unix ms) the one that probes may take; another may probe after that. */
  readonly probeUntil: number | null;
}

export const CLOSED: Circuit = { failures: 0, openUntil: null, trips: 0, epoch: 0, probeUntil: null };

/** Calls that fail one after the other before the circuit opens. */
export const FAILURE_THRESHOLD = 5;
/** How long it stays open at first; twice as long each time that a probe fails, up to the maximum. */
export const OPEN_MS = 30_000;
export const MAX_OPEN_MS = 10 * 60_000;
/** Longer than a call with all its retries may take (services/summaries/ask.ts). */
export const PROBE_MS = 180_000;

export type Outcome = { kind: "ok" } | { kind: "failed"; retryAfterMs?: number | undefined };

/** Whether a call may go out now (Unix ms), and the state to be kept. */
export function admit(circuit: Circuit, now: number): { admitted: boolean; circuit: Circuit } {
  if (circuit.openUntil === null) return { admitted: true, circuit };
  if (now < circuit.openUntil) return { admitted: false, circuit };
  if (circuit.probeUntil !== null && now < circuit.probeUntil) return { admitted: false, circuit };
  return { admitted: true, circuit: { ...circuit, probeUntil: now + PROBE_MS } };
}

function opened(circuit: Circuit, now: number, retryAfterMs: number): Circuit {
  const backoff = Math.min(MAX_OPEN_MS, OPEN_MS * 2 ** Math.min(circuit.trips, 10));
  return {
    failures: circuit.failures + 1,
    openUntil: now + Math.max(backoff, Math.min(MAX_OPEN_MS, retryAfterMs)),
    trips: circuit.trips + 1,
    epoch: circuit.epoch + 1,
    probeUntil: null,
  };
}

/**
 * The state after a call has ended. A server that names a time to come back opens the circuit at once.
 * @param epoch of the state that let the call through
 */
export function record(circuit: Circuit, outcome: Outcome, epoch: number, now: number): Circuit {
  if (circuit.epoch !== epoch) return circuit;
  const halfOpen = circuit.openUntil !== null;
  if (outcome.kind === "ok") {
    if (halfOpen) return { ...CLOSED, epoch: epoch + 1 };
    return circuit.failures === 0 ? circuit : { ...CLOSED, epoch };
  }
  const { retryAfterMs } = outcome;
  if (halfOpen || retryAfterMs !== undefined || circuit.failures + 1 >= FAILURE_THRESHOLD) {
    return opened(circuit, now, retryAfterMs ?? 0);
  }
  return { ...circuit, failures: circuit.failures + 1 };
}

/** The state after a call that was let through never went out: another may probe. */
export function withdraw(circuit: Circuit, epoch: number): Circuit {
  return circuit.epoch === epoch && circuit.probeUntil !== null ? { ...circuit, probeUntil: null } : circuit;
}
