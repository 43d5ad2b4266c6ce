import { afterEach, describe, expect, test, vi } from "vitest";
import { grant, type Lease, type LeaseRequest, windowEnd } from "../../core/limits/windows.ts";
import { type Counter, type Held, Leases } from "./leases.ts";

const MINUTE = 60_000;

/** An object with one counter, and what it was asked. */
function makeObject(limit: number) {
  let counter: Parameters<typeof grant>[0];
  const asked: Pick<LeaseRequest, "want" | "atLeast">[] = [];
  const state = { limit, broken: false, asked, delay: () => Promise.resolve() };
  const ask = async (request: Pick<LeaseRequest, "limit" | "want" | "atLeast">): Promise<Lease> => {
    asked.push({ want: request.want, atLeast: request.atLeast });
    await state.delay();
    if (state.broken) throw new Error("gone");
    const answer = grant(counter, { ...request, counter: "c", windowMs: MINUTE, lasting: true }, now);
    counter = answer.counter;
    return answer.lease;
  };
  return Object.assign(state, { ask });
}

let now = 10 * MINUTE;
const clock = () => now;

function counterOf(object: ReturnType<typeof makeObject>, more: Partial<Counter> = {}): Counter {
  return {
    key: "c",
    limit: object.limit,
    endOf: (at) => windowEnd(at, MINUTE),
    free: 0,
    want: () => 1,
    ask: object.ask,
    lifeMs: MINUTE,
    standIn: (_held: Held, at) => ({ left: 3, until: windowEnd(at, MINUTE) }),
    ...more,
  };
}

afterEach(() => {
  now += 10 * MINUTE;
  vi.restoreAllMocks();
});

describe("an isolate", () => {
  test("asks for each request where a lease is one, and is refused with the object's word", async () => {
    const object = makeObject(3);
    const leases = new Leases();
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push(await leases.take(counterOf(object), 1, clock));
    expect(answers.map(({ ok, remaining }) => [ok, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
    // A refusal stands until the window ends: who is refused costs no call.
    expect(object.asked).toHaveLength(4);
    now = windowEnd(now, MINUTE);
    expect(await leases.take(counterOf(object), 1, clock)).toMatchObject({ ok: true, remaining: 2 });
  });

  test("spends a larger lease without asking, and loses the rest with the window", async () => {
    const object = makeObject(100);
    const leases = new Leases();
    const counter = counterOf(object, { want: () => 10 });
    for (let n = 0; n < 10; n++) expect(await leases.take(counter, 1, clock)).toMatchObject({ remaining: 99 - n });
    expect(object.asked).toHaveLength(1);
    await leases.take(counter, 1, clock);
    now = windowEnd(now, MINUTE);
    expect(await leases.take(counter, 1, clock)).toMatchObject({ ok: true, remaining: 99 });
    expect(object.asked).toHaveLength(3);
  });

  test("is told of the last window's need", async () => {
    const object = makeObject(100);
    const leases = new Leases();
    const counter = counterOf(object, { want: (held) => Math.max(1, 2 * held.asked) });
    for (let n = 0; n < 20; n++) await leases.take(counter, 1, clock);
    expect(object.asked.map(({ want }) => want)).toEqual([1, 2, 4, 8, 16]);
    now = windowEnd(now, MINUTE);
    await leases.take(counter, 1, clock);
    expect(object.asked.at(-1)?.want).toBe(40);
  });

  test("asks for what is missing of an amount, and spends it whole or not at all", async () => {
    const object = makeObject(100);
    const leases = new Leases();
    const counter = counterOf(object, { want: () => 30 });
    expect((await leases.take(counter, 10, clock)).ok).toBe(true);
    expect((await leases.take(counter, 50, clock)).ok).toBe(true);
    expect(object.asked).toEqual([
      { want: 30, atLeast: 10 },
      { want: 30, atLeast: 30 },
    ]);
    expect((await leases.take(counter, 41, clock)).ok).toBe(false);
    expect(await leases.take(counter, 40, clock)).toMatchObject({ ok: true, remaining: 0 });
  });

  test("spends what is free without asking, then asks", async () => {
    const object = makeObject(100);
    const leases = new Leases();
    const counter = counterOf(object, { free: 5 });
    for (let n = 0; n < 5; n++) await leases.take(counter, 1, clock);
    expect(object.asked).toHaveLength(0);
    await leases.take(counter, 1, clock);
    expect(object.asked).toHaveLength(1);
  });

  test("asks again at once when the limit is another one: a plan was changed", async () => {
    const object = makeObject(1);
    const leases = new Leases();
    await leases.take(counterOf(object), 1, clock);
    expect((await leases.take(counterOf(object), 1, clock)).ok).toBe(false);
    object.limit = 5;
    expect((await leases.take(counterOf(object), 1, clock)).ok).toBe(true);
  });
});

describe("requests at the same moment", () => {
  test("wait for the one that asks, and share its lease", async () => {
    const object = makeObject(100);
    object.delay = () => new Promise((resolve) => setTimeout(resolve, 20));
    const leases = new Leases();
    const counter = counterOf(object, { want: () => 50 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => leases.take(counter, 1, clock)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(object.asked).toHaveLength(1);
  });

  test("never come to more than the limit together, and reach it", async () => {
    const object = makeObject(25);
    object.delay = () => new Promise((resolve) => setTimeout(resolve, 1));
    const isolates = [new Leases(), new Leases(), new Leases()];
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, n) => isolates[n % 3]?.take(counterOf(object), 1, clock)),
    );
    expect(answers.filter((answer) => answer?.ok)).toHaveLength(25);
  });

  test("ask for themselves when the one that asks never comes back: it may have been cancelled", async () => {
    const object = makeObject(100);
    const leases = new Leases();
    let calls = 0;
    object.delay = () => (calls++ === 0 ? new Promise(() => undefined) : Promise.resolve());
    vi.spyOn(console, "error").mockReturnValue();
    const lost = leases.take(counterOf(object), 1, clock);
    expect((await leases.take(counterOf(object), 1, clock)).ok).toBe(true);
    expect(calls).toBe(2);
    await lost;
  });
});

describe("without an answer", () => {
  test("the isolate gives itself what stands in, and asks again after the window", async () => {
    const object = makeObject(100);
    object.broken = true;
    const log = vi.spyOn(console, "error").mockReturnValue();
    const leases = new Leases();
    const oks = [];
    for (let n = 0; n < 5; n++) oks.push((await leases.take(counterOf(object), 1, clock)).ok);
    expect(oks).toEqual([true, true, true, false, false]);
    expect(log).toHaveBeenCalledTimes(1);
    object.broken = false;
    now = windowEnd(now, MINUTE);
    expect(await leases.take(counterOf(object), 1, clock)).toMatchObject({ ok: true, remaining: 99 });
  });

  test("that it waits for is bounded", async () => {
    const object = makeObject(100);
    object.delay = () => new Promise(() => undefined);
    vi.spyOn(console, "error").mockReturnValue();
    const begun = performance.now();
    expect((await new Leases().take(counterOf(object), 1, clock)).ok).toBe(true);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
