import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCode } from "../errors.ts";
import { returnPath } from "./return-path.ts";

function refusal(text: string): string {
  try {
    return returnPath(text);
  } catch (error) {
    return errorCode(error);
  }
}

describe("the path to return to", () => {
  it.each([
    ["/", "/"],
    ["/incidents", "/incidents"],
    ["/incidents?status=NEW&q=a%20b#top", "/incidents?status=NEW&q=a%20b#top"],
    ["/a/../b", "/b"],
    ["/ü", "/%C3%BC"],
    ["/x?next=https://evil.example", "/x?next=https://evil.example"],
    ["/@evil.example", "/@evil.example"],
    ["/%09/evil.example", "/%09/evil.example"],
  ])("%s is kept", (text, path) => {
    expect(returnPath(text)).toBe(path);
  });

  it.each([
    "",
    "incidents",
    "https://evil.example/",
    "javascript:alert(1)",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/a\\b",
    "/.//evil.example",
    "/x/..//evil.example",
    "/%2e//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/\u0000",
    "/\u007f",
    " /incidents",
    "?a=b",
    "@evil.example",
    `/${"x".repeat(1_000)}`,
    `/${"ü".repeat(200)}`,
  ])("%j is refused", (text) => {
    expect(refusal(text)).toBe("invalid_query");
  });

  it("never leads to another origin", () => {
    const hostile = fc.array(
      fc.constantFrom("/", "\\", ".", "..", "%2e", "@", ":", "evil.example", "\t", "?", "#", "a", " ", "https:"),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(hostile, (parts) => {
        const path = refusal(`/${parts.join("")}`);
        if (path === "invalid_query") return;
        expect(new URL(`https://log0.example${path}`).origin).toBe("https://log0.example");
        expect(new URL(path, "https://log0.example").origin).toBe("https://log0.example");
      }),
    );
  });
});
