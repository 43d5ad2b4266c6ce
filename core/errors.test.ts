import { describe, expect, it } from "vitest";
import { errorCode, errorMessage, Log0Error } from "./errors.ts";

describe("an error", () => {
  it("is permanent unless it says otherwise, and keeps its cause", () => {
    const cause = new Error("why");
    const error = new Log0Error("unavailable", "busy", { permanent: false, retryAfter: 5, cause });
    expect(error).toMatchObject({ code: "unavailable", message: "busy", permanent: false, retryAfter: 5, cause });
    expect(new Log0Error("conflict", "m")).toMatchObject({ permanent: true, retryAfter: undefined });
  });

  it.each([
    [new Log0Error("not_found", "gone"), "not_found", "gone"],
    [new Error("oops"), "internal", "oops"],
    ["text", "internal", "text"],
    [undefined, "internal", "undefined"],
  ])("of %s has a stable code and a message", (error, code, message) => {
    expect(errorCode(error)).toBe(code);
    expect(errorMessage(error)).toBe(message);
  });

  it("of a query says why and which, and nothing of what was bound to it", () => {
    const cause = new Error("D1_ERROR: no such table");
    const error = new Error("Failed query: insert into x values (?)\nparams: $scrypt$secret\nparams: l0_secret", {
      cause,
    });
    expect(errorMessage(error)).toBe("D1_ERROR: no such table: Failed query: insert into x values (?)");
    expect(errorMessage(new Error("Failed query: a\nparams: b"))).toBe("Failed query: a");
    expect(errorMessage(new Error("asked for\nparams: b"))).toBe("asked for\nparams: b");
  });

  it("has a message of at most 500 characters", () =>
    expect(errorMessage(new Error("x".repeat(9_999)))).toHaveLength(500));
});
