import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Routing } from "../../schema/contracts/channels.ts";
import { channelsFor, matchesName, type Notice, namedChannels } from "./routing.ts";

const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
const [a, b, c] = [id(1), id(2), id(3)];
const all = [a, b, c];
const notice: Notice = {
  severity: "HIGH",
  serviceName: "checkout",
  environment: "production",
  type: "INCIDENT_CREATED",
};

function chosen(routing: object, fields: Partial<Notice> = {}): string[] {
  return channelsFor(Routing.parse(routing), { ...notice, ...fields }, all);
}

describe("a notice goes", () => {
  test.each<[string, object, Partial<Notice>, string[]]>([
    ["to every channel when nothing is said", {}, {}, all],
    ["to every channel when no route matches", route([a], { severities: ["LOW"] }), {}, all],
    [
      "to the rest's channels when no route matches",
      { ...route([a], { severities: ["LOW"] }), otherwise: [b] },
      {},
      [b],
    ],
    ["nowhere when the rest has no channels", { ...route([a], { severities: ["LOW"] }), otherwise: [] }, {}, []],
    ["by severity", route([a], { severities: ["HIGH", "CRITICAL"] }), {}, [a]],
    ["by service", route([a], { services: ["payment", "check*"] }), {}, [a]],
    ["by environment", route([a], { environments: ["prod*"] }), {}, [a]],
    ["by type", route([a], { types: ["INCIDENT_CREATED"] }), {}, [a]],
    [
      "not where one of several conditions fails",
      { ...route([a], { severities: ["HIGH"], services: ["x"] }), otherwise: [] },
      {},
      [],
    ],
    ["nowhere by a route without channels", route([]), {}, []],
    ["not to a channel that is gone", route([a, id(9)]), {}, [a]],
    ["once to a channel that is named twice", route([a, a]), {}, [a]],
    ["by the first route that matches", { routes: [...route([a]).routes, ...route([b]).routes] }, {}, [a]],
    [
      "by the next one, too, where a route lets it go on",
      { routes: [{ name: "r", channels: [a], continue: true }, ...route([a, b]).routes, ...route([c]).routes] },
      {},
      [a, b],
    ],
    [
      "to the escalation's channels when it escalates",
      { ...route([a]), escalation: { afterMinutes: 5, channels: [c] } },
      { type: "INCIDENT_ESCALATED" },
      [c],
    ],
    ["by the routes when it escalates and nobody is named", route([a]), { type: "INCIDENT_ESCALATED" }, [a]],
  ])("%s", (_, routing, fields, expected) => {
    expect(chosen(routing, fields)).toEqual(expected);
  });

  function route(channels: string[], match: object = {}) {
    return { routes: [{ name: "r", match, channels }] };
  }
});

test("never to a channel that the tenant does not have, nor twice to one", () => {
  const ids = fc.array(fc.constantFrom(a, b, c, id(8), id(9)), { maxLength: 6 });
  const routes = fc.array(
    fc.record({ name: fc.constant("r"), channels: ids, continue: fc.boolean() }, { noNullPrototype: true }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(routes, fc.option(ids, { nil: undefined }), (list, otherwise) => {
      const found = chosen({ routes: list, ...(otherwise === undefined ? {} : { otherwise }) });
      expect(new Set(found).size).toBe(found.length);
      for (const channel of found) expect(all).toContain(channel);
    }),
  );
});

test("all channels that a routing names are known", () => {
  const routing = Routing.parse({
    routes: [{ name: "r", channels: [a] }],
    otherwise: [b],
    escalation: { afterMinutes: 1, channels: [c] },
  });
  expect(namedChannels(routing)).toEqual(new Set(all));
});

describe("a name", () => {
  test.each([
    ["a", "a", true],
    ["a", "b", false],
    ["*", "", true],
    ["a*", "a", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*b*", "abc", true],
    ["a*b*c", "a-c-b", false],
    ["a.c", "abc", false],
    ["**", "x", true],
  ])("%s, asked of %s: %s", (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });

  test("matches as the regular expression that it stands for", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (parts, name) => {
        expect(matchesName(parts.join("*"), name)).toBe(new RegExp(`^${parts.join(".*")}$`).test(name));
      }),
    );
  });
});
