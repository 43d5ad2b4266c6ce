import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  admit,
  type Circuit,
  CLOSED,
  FAILURE_THRESHOLD,
  MAX_OPEN_MS,
  OPEN_MS,
  PROBE_MS,
  record,
  withdraw,
} from "./breaker.ts";

const T = 1_000_000;

/** A circuit after so many calls that failed at a time. */
function failed(times: number, now = T, circuit: Circuit = CLOSED): Circuit {
  let state = circuit;
  for (let n = 0; n < times; n++) state = record(state, { kind: "failed" }, state.epoch, now);
  return state;
}

describe("a circuit", () => {
  it("lets calls through, and writes nothing, while they succeed", () => {
    expect(admit(CLOSED, T)).toEqual({ admitted: true, circuit: CLOSED });
    expect(record(CLOSED, { kind: "ok" }, 0, T)).toBe(CLOSED);
  });

  it("opens after five failures in a row, not after four", () => {
    expect(admit(failed(FAILURE_THRESHOLD - 1), T).admitted).toBe(true);
    expect(admit(failed(FAILURE_THRESHOLD), T).admitted).toBe(false);
  });

  it("forgets failures at a success", () => {
    const mended = record(failed(FAILURE_THRESHOLD - 1), { kind: "ok" }, 0, T);
    expect(admit(failed(FAILURE_THRESHOLD - 1, T, mended), T).admitted).toBe(true);
  });

  it("opens at once, and for as long, when the server names a time, up to ten minutes", () => {
    const asked = (retryAfterMs: number) => record(CLOSED, { kind: "failed", retryAfterMs }, 0, T).openUntil;
    expect(asked(120_000)).toBe(T + 120_000);
    expect(asked(1_000)).toBe(T + OPEN_MS);
    expect(asked(86_400_000)).toBe(T + MAX_OPEN_MS);
  });

  it("half-open, lets one probe, and the next when that one has not come back", () => {
    const open = failed(FAILURE_THRESHOLD);
    const later = T + OPEN_MS;
    const first = admit(open, later);
    expect(first.admitted).toBe(true);
    expect(admit(first.circuit, later).admitted).toBe(false);
    expect(admit(first.circuit, later + PROBE_MS).admitted).toBe(true);
  });

  it("closes when the probe succeeds, and stays open for twice as long when it fails", () => {
    const later = T + OPEN_MS;
    const probing = admit(failed(FAILURE_THRESHOLD), later).circuit;
    expect(admit(record(probing, { kind: "ok" }, probing.epoch, later), later)).toMatchObject({ admitted: true });
    expect(record(probing, { kind: "failed" }, probing.epoch, later).openUntil).toBe(later + 2 * OPEN_MS);
  });

  it("lets another probe when the first never went out", () => {
    const later = T + OPEN_MS;
    const probing = admit(failed(FAILURE_THRESHOLD), later).circuit;
    expect(admit(withdraw(probing, probing.epoch), later).admitted).toBe(true);
  });

  it("does not listen to calls of before it opened or closed", () => {
    const open = failed(FAILURE_THRESHOLD);
    expect(record(open, { kind: "ok" }, 0, T)).toBe(open);
    const closed = record(admit(open, T + OPEN_MS).circuit, { kind: "ok" }, open.epoch, T + OPEN_MS);
    expect(record(closed, { kind: "failed" }, open.epoch, T + OPEN_MS)).toBe(closed);
  });
});

/** Any number of isolates that share a circuit: calls begin, end well or badly, or are lost, in any order. */
const steps = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 2 * PROBE_MS }),
    act: fc.constantFrom("begin", "ok", "failed", "lost"),
    which: fc.nat({ max: 20 }),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 * MAX_OPEN_MS }), { nil: undefined }),
  }),
  { maxLength: 80 },
);

describe("whatever happens", () => {
  it("no call goes out while it is open, one at a time while half-open, and it never stays open for good", () => {
    fc.assert(
      fc.property(steps, (list) => {
        let now = 0;
        let circuit = CLOSED;
        const underWay: { epoch: number; at: number; probe: boolean }[] = [];
        for (const { wait, act, which, retryAfterMs } of list) {
          now += wait;
          if (act === "begin") {
            const before = circuit;
            const { admitted, circuit: after } = admit(before, now);
            const probes = underWay.filter(
              (call) => call.probe && call.epoch === before.epoch && now < call.at + PROBE_MS,
            );
            const open = before.openUntil !== null && now < before.openUntil;
            expect(admitted).toBe(!open && probes.length === 0);
            if (admitted) underWay.push({ epoch: after.epoch, at: now, probe: before.openUntil !== null });
            circuit = after;
          } else {
            const [call] = underWay.splice(which % Math.max(1, underWay.length), 1);
            if (call === undefined) continue;
            if (act === "lost") {
              // Its isolate has died: nothing is said, and its lease runs out.
              if (call.probe) underWay.push({ ...call });
              continue;
            }
            // A second probe may be out while a late first one ends: either's word counts.
            const outcome = act === "ok" ? ({ kind: "ok" } as const) : ({ kind: "failed", retryAfterMs } as const);
            circuit = record(circuit, outcome, call.epoch, now);
          }
          expect((circuit.openUntil ?? 0) - now).toBeLessThanOrEqual(MAX_OPEN_MS);
          expect(admit(circuit, now + MAX_OPEN_MS + PROBE_MS).admitted).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("a late word changes nothing but the epoch it was given in", () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), (epoch, said) => {
        const circuit = { ...CLOSED, epoch, failures: 2 };
        const after = record(circuit, { kind: "failed" }, said, T);
        expect(after === circuit).toBe(said !== epoch);
      }),
    );
  });
});
