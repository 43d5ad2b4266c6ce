import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { nextWindow, setClock, stopClock } from "./support/clock.ts";
import { changesOf, detailOf, done, openIncident, send, withIncident } from "./support/incidents.ts";
import type { Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

/** Two open incidents: of `checkout`, and of `search`. */
async function two(): Promise<{ tenant: Tenant; a: string; b: string }> {
  const { tenant, id: a } = await withIncident();
  return { tenant, a, b: await openIncident(tenant, "search") };
}

describe("a link", () => {
  const Related = z.object({
    links: z.array(z.object({ incident: z.object({ id: z.string() }), kind: z.string(), evidence: z.unknown() })),
    mergedInto: z.string().nullable(),
    merged: z.array(z.object({ id: z.string() })),
    regressions: z.object({
      before: z.array(z.object({ id: z.string() })),
      after: z.array(z.object({ id: z.string() })),
    }),
    sameGroup: z.array(z.object({ id: z.string() })),
  });
  const relatedOf = async (tenant: Tenant, id: string) =>
    Related.parse(await done(tenant, "GET", `/incidents/${id}/related`));

  test("by hand shows on both, is in the history of both, and is taken back from either", async () => {
    const { tenant, a, b } = await two();
    await done(tenant, "POST", `/incidents/${a}/links`, { incidentId: b, note: "same deploy" });
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      expect((await relatedOf(tenant, one)).links).toMatchObject([
        { incident: { id: other }, kind: "hand", evidence: { note: "same deploy" } },
      ]);
      expect((await detailOf(tenant, one)).history.at(-1)).toMatchObject({ change: "LINKED", subject: other });
    }
    await done(tenant, "DELETE", `/incidents/${b}/links/${a}`);
    expect((await relatedOf(tenant, a)).links).toEqual([]);
    for (const one of [a, b]) expect(await changesOf(tenant, one)).toEqual(["OPENED", "LINKED", "UNLINKED"]);
  });

  test("made, or taken back, twice at once: one wins, the other gets a 409", async () => {
    const { tenant, a, b } = await two();
    const make = [
      send(tenant, "POST", `/incidents/${a}/links`, { incidentId: b }),
      send(tenant, "POST", `/incidents/${b}/links`, { incidentId: a }),
    ];
    expect((await Promise.all(make)).map((answer) => answer.status).sort()).toEqual([204, 409]);
    const take = [
      send(tenant, "DELETE", `/incidents/${a}/links/${b}`),
      send(tenant, "DELETE", `/incidents/${b}/links/${a}`),
    ];
    expect((await Promise.all(take)).map((answer) => answer.status).sort()).toEqual([204, 409]);
    expect(await changesOf(tenant, a)).toEqual(["OPENED", "LINKED", "UNLINKED"]);
  });

  test("with itself → 400, with nothing → 404, and neither leaves a trace", async () => {
    const { tenant, a } = await two();
    expect((await send(tenant, "POST", `/incidents/${a}/links`, { incidentId: a })).status).toBe(400);
    expect((await send(tenant, "POST", `/incidents/${a}/links`, { incidentId: crypto.randomUUID() })).status).toBe(404);
    expect(await changesOf(tenant, a)).toEqual(["OPENED"]);
  });

  test("is not all that relates: merges and regressions do, both ways, and the same pattern", async () => {
    const { tenant, a, b } = await two();
    await done(tenant, "POST", `/incidents/${a}/merge`, { into: b });
    expect(await relatedOf(tenant, b)).toMatchObject({ merged: [{ id: a }], mergedInto: null });
    expect(await relatedOf(tenant, a)).toMatchObject({ merged: [], mergedInto: b });
    const chain = [await openIncident(tenant, "third")];
    for (let n = 0; n < 2; n++) {
      await done(tenant, "PATCH", `/incidents/${chain[n]}/resolve`);
      setClock(nextWindow() + 60_000);
      chain.push(await openIncident(tenant, "third"));
    }
    const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);
    const { regressions, sameGroup } = await relatedOf(tenant, chain[1] ?? "");
    expect([ids(regressions.before), ids(regressions.after)]).toEqual([[chain[0]], [chain[2]]]);
    expect(ids(sameGroup)).toEqual([chain[2], chain[0]]);
  });
});
