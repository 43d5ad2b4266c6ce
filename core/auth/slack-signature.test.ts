import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFreshSlackRequest, isSignedBySlack, signSlackRequest } from "./slack-signature.ts";

/** The example that Slack publishes ("Verifying requests from Slack"). */
const example = {
  secret: "8f742231b10e8888abcd99yyyzzz85a5",
  timestamp: "1531420618",
  body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
};
const bytes = new TextEncoder().encode(example.body);

describe("Slack's published example", () => {
  it("has the published signature", () =>
    expect(signSlackRequest(example.secret, example.timestamp, example.body)).toBe(example.signature));
  it("is taken for signed", () => expect(isSignedBySlack(example.secret, example, bytes)).toBe(true));

  it.each([
    ["another secret", { secret: "8f742231b10e8888abcd99yyyzzz85a6" }],
    ["no secret", { secret: "" }],
    ["another time", { timestamp: "1531420619" }],
    ["another version", { signature: example.signature.replace("v0", "v1") }],
    ["a signature cut off", { signature: example.signature.slice(0, -1) }],
    ["a signature in capitals", { signature: example.signature.toUpperCase() }],
    ["no signature", { signature: "" }],
    ["a signature of characters beyond ASCII", { signature: `v0=${"é".repeat(64)}` }],
  ])("with %s is refused", (_, change) => {
    const { secret, ...headers } = { ...example, ...change };
    expect(isSignedBySlack(secret, headers, bytes)).toBe(false);
  });

  it("with any byte of the body changed is refused", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ difference;
        expect(isSignedBySlack(example.secret, example, changed)).toBe(false);
      }),
    );
  });
});

describe("a request's time", () => {
  const now = 1_531_420_618_000;
  it.each([
    ["1531420618", true],
    ["1531420318", true],
    ["1531420317", false],
    ["1531420918", true],
    ["1531420919", false],
    ["", false],
    ["now", false],
    ["-1", false],
    ["1e9", false],
    [" 1531420618", false],
    ["1531420618.5", false],
    ["9".repeat(400), false],
  ])("%s is fresh: %s", (timestamp, fresh) => expect(isFreshSlackRequest(timestamp, now)).toBe(fresh));
});
