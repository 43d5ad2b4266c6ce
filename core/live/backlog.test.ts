import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backlog, BacklogState } from "./backlog.ts";
import { LIVE_LIMITS } from "./limits.ts";

describe("a backlog", () => {
  it("is too long at its limit of messages, and is not after an acknowledgement", () => {
    const backlog = new Backlog();
    for (let n = 0; n < LIVE_LIMITS.unackedMessages; n++) {
      expect(backlog.excess).toBeUndefined();
      backlog.sent(10);
    }
    expect(backlog.excess).toBe("too slow: 100 messages of 1000 bytes are not acknowledged");
    expect(backlog.acknowledge(1)).toBe(true);
    expect(backlog.excess).toBeUndefined();
  });

  it("is too long at its limit of bytes", () => {
    const backlog = new Backlog();
    backlog.sent(LIVE_LIMITS.unackedBytes - 1);
    expect(backlog.excess).toBeUndefined();
    backlog.sent(1);
    expect(backlog.excess).toMatch(/^too slow: 2 messages of 1048576 bytes/);
  });

  it("says why in less than the 123 bytes of a close reason", () => {
    const backlog = new Backlog({ seq: 9e15, unacked: Array.from({ length: 100 }, () => 9e13) });
    expect(new TextEncoder().encode(backlog.excess).byteLength).toBeLessThanOrEqual(123);
  });

  it.each([
    ["what was never sent", 4, false],
    ["the newest", 3, true],
    ["what was acknowledged before", 1, true],
    ["nothing", 0, true],
  ])("of three takes an acknowledgement of %s: %i → %s", (_what, seq, expected) => {
    const backlog = new Backlog();
    for (let n = 0; n < 3; n++) backlog.sent(1);
    backlog.acknowledge(2);
    expect(backlog.acknowledge(seq)).toBe(expected);
    expect(backlog.bytes).toBe(seq === 3 ? 0 : 1);
  });

  const steps = fc.array(
    fc.oneof(fc.record({ sent: fc.nat({ max: 5_000 }) }), fc.record({ ack: fc.nat({ max: 60 }) })),
    {
      maxLength: 80,
    },
  );

  it("counts as a list of messages would, and goes on from its state as if nothing had been", () => {
    fc.assert(
      fc.property(steps, (list) => {
        let backlog = new Backlog();
        const sizes: number[] = [];
        let acked = 0;
        for (const step of list) {
          if ("sent" in step) {
            expect(backlog.next).toBe(sizes.length + 1);
            backlog.sent(step.sent);
            sizes.push(step.sent);
          } else {
            expect(backlog.acknowledge(step.ack)).toBe(step.ack <= sizes.length);
            if (step.ack <= sizes.length) acked = Math.max(acked, step.ack);
          }
          expect(backlog.bytes).toBe(sizes.slice(acked).reduce((sum, size) => sum + size, 0));
          backlog = new Backlog(BacklogState.parse(structuredClone(backlog.state())));
        }
      }),
    );
  });
});
