import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  ABSOLUTE_MS,
  judgeRefresh,
  LEEWAY_MS,
  REFRESH_MS,
  type RefreshToken,
  type RefreshVerdict,
  refreshExpiry,
  type Session,
} from "./session.ts";

const start = 1_760_000_000_000;
const DAY = 24 * 3600_000;

describe("a refresh token", () => {
  /** The session was begun at `start` and its third token issued five days later. */
  const rotatedAt = start + 5 * DAY;
  const session: Session = { generation: 3, startedAt: start, rotatedAt, revokedAt: null };
  const third: RefreshToken = { generation: 3, issuedAt: rotatedAt };
  const second: RefreshToken = { generation: 2, issuedAt: start + DAY };
  const first: RefreshToken = { generation: 1, issuedAt: start };
  const revoked: Session = { ...session, revokedAt: rotatedAt + 1 };
  /** Refreshed every day for 85 days. */
  const old: Session = { ...session, startedAt: rotatedAt - 85 * DAY };

  it.each<[string, RefreshToken, Session, number, RefreshVerdict]>([
    ["that is the present one", third, session, 0, "rotate"],
    ["in the last moment of its 7 days", third, session, REFRESH_MS - 1, "rotate"],
    ["after 7 days", third, session, REFRESH_MS, "expired"],
    ["in the last moment of its session's 90 days", third, old, 5 * DAY - 1, "rotate"],
    ["after its session's 90 days", third, old, 5 * DAY, "expired"],
    ["that was just replaced", second, session, 0, "leeway"],
    ["that was just replaced, by a clock that is ahead", second, session, -50, "leeway"],
    ["in the last moment of the leeway", second, session, LEEWAY_MS - 1, "leeway"],
    ["after the leeway", second, session, LEEWAY_MS, "reused"],
    ["that was replaced and would have expired", second, session, REFRESH_MS, "reused"],
    ["that is older than the one just replaced", first, session, 0, "reused"],
    ["of a session that is over anyway", first, old, 5 * DAY, "expired"],
    ["of a revoked session", third, revoked, 1, "revoked"],
    ["just replaced, of a revoked session", second, revoked, 1, "revoked"],
    ["replaced long ago, of a revoked session", first, revoked, DAY, "revoked"],
  ])("%s", (_name, token, of, after, verdict) => {
    expect(judgeRefresh(token, of, rotatedAt + after)).toBe(verdict);
  });

  it("expires with its session at the latest", () => {
    expect(refreshExpiry(session, start)).toBe(start + REFRESH_MS);
    expect(refreshExpiry(session, start + 89 * DAY)).toBe(start + ABSOLUTE_MS);
  });
});

/** A server that obeys the verdicts, and browsers that keep what they are given. */
class World {
  session: Session = { generation: 1, startedAt: start, rotatedAt: start, revokedAt: null };
  now = start;
  readonly holds: Record<Party, RefreshToken>;

  constructor() {
    const token: RefreshToken = { generation: 1, issuedAt: start };
    this.holds = { owner: token, thief: token };
  }

  /** The thief copies what the owner has. */
  steal(): void {
    this.holds.thief = this.holds.owner;
  }

  present(party: Party): RefreshVerdict {
    const verdict = judgeRefresh(this.holds[party], this.session, this.now);
    if (verdict === "reused") this.session = { ...this.session, revokedAt: this.now };
    if (verdict === "rotate") {
      this.session = { ...this.session, generation: this.session.generation + 1, rotatedAt: this.now };
      this.holds[party] = { generation: this.session.generation, issuedAt: this.now };
    }
    return verdict;
  }
}
const parties = ["owner", "thief"] as const;
type Party = (typeof parties)[number];

const pause = fc.oneof(fc.nat(LEEWAY_MS), fc.nat(3600_000), fc.nat(2 * DAY));
const histories = fc.array(fc.tuple(fc.constantFrom(...parties, "steal" as const), pause), { maxLength: 60 });

function play(history: readonly (readonly [Party | "steal", number])[]): World {
  const world = new World();
  for (const [what, gap] of history) {
    world.now += gap;
    if (what === "steal") world.steal();
    else world.present(what);
  }
  return world;
}

test.each([
  ["the owner", "owner", "thief"],
  ["the thief", "thief", "owner"],
] as const)(
  "whatever happened before: once %s has rotated a stolen token, the other one's ends the session",
  (_n, a, b) => {
    fc.assert(
      fc.property(histories, fc.integer({ min: LEEWAY_MS, max: 6 * DAY }), (history, gap) => {
        const world = play(history);
        world.steal();
        if (world.present(a) !== "rotate") return;
        world.now += gap;
        const verdict = world.present(b);
        expect(verdict).toBe(world.now >= start + ABSOLUTE_MS ? "expired" : "reused");
        // Neither of them has a way back, however long they try.
        for (const party of [a, b, a, b]) expect(["revoked", "expired"]).toContain(world.present(party));
      }),
    );
  },
);

test("the thief who comes within the leeway gains access for 15 minutes, and no refresh token", () => {
  const world = new World();
  world.now += DAY;
  world.steal();
  expect(world.present("owner")).toBe("rotate");
  world.now += 1_000;
  expect(world.present("thief")).toBe("leeway");
  world.now += LEEWAY_MS;
  expect(world.present("thief")).toBe("reused");
  expect(world.present("owner")).toBe("revoked");
});

test("two parties never both go on: a session that two have rotated in turn has ended, or one was given nothing", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const world = play(history);
      const live = parties.filter((party) => judgeRefresh(world.holds[party], world.session, world.now) === "rotate");
      // Both can hold the very same token, but not two that are different and both alive.
      if (live.length === 2) expect(world.holds.owner).toEqual(world.holds.thief);
    }),
  );
});

test("one browser alone is never thrown out, if it comes at least once in 7 days, until 90 days are over", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: REFRESH_MS - 1 }), { maxLength: 60 }), (gaps) => {
      const world = new World();
      for (const gap of gaps) {
        world.now += gap;
        const over = world.now >= start + ABSOLUTE_MS;
        expect(world.present("owner")).toBe(over ? "expired" : "rotate");
      }
    }),
  );
});

test("two tabs that refresh at once stay signed in", () => {
  const world = new World();
  const copy = world.holds.owner;
  expect(world.present("owner")).toBe("rotate");
  expect(judgeRefresh(copy, world.session, world.now + 300)).toBe("leeway");
  world.now += DAY;
  expect(world.present("owner")).toBe("rotate");
});
