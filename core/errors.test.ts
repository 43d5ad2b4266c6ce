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

  it("has a message of at most 500 characters", () =>
    expect(errorMessage(new Error("x".repeat(9_999)))).toHaveLength(500));
});
