import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createToken, hashToken } from "../../core/auth/opaque-token.ts";
import { errorCode } from "../../core/errors.ts";
import { endAllSessions } from "../../services/auth/end-session.ts";
import { type RefreshedSession, refreshSession } from "../../services/auth/refresh-session.ts";
import { signIn } from "../../services/auth/sign-in.ts";
import { platformOf } from "../../workers/platform.ts";
import { atWork, Browser, guardConsole, livingSessions, meanwhile, PASSWORD, sql } from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";

beforeAll(stopClock);
guardConsole();

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OVER = { status: 401, code: "unauthorized" };

describe("a refresh token", () => {
  test("lives 7 days unused, and no longer", async () => {
    const { browser } = await atWork();
    advance(7 * DAY - 1);
    await browser.refresh();
    advance(7 * DAY);
    expect(await browser.outcome("/auth/refresh")).toEqual(OVER);
    expect(browser.cookie).toBeUndefined();
  });

  test("leads no further than 90 days, however busy the session is", async () => {
    const { browser } = await atWork();
    for (let day = 0; day < 84; day += 6) {
      advance(6 * DAY);
      await browser.refresh();
    }
    advance(5 * DAY);
    await browser.refresh();
    expect(browser.setCookie).toContain(`Max-Age=${DAY / 1000};`);
    advance(DAY - 1);
    await browser.refresh();
    expect(await browser.works()).toBe(200);
    advance(1);
    expect(await browser.works()).toBe("unauthorized");
    expect(await browser.outcome("/auth/refresh")).toEqual(OVER);
  });

  test("is replaced once when two tabs use it at once: both go on, with one next token", async () => {
    const { browser, member } = await atWork();
    const tabs = [browser, browser.copy(), browser.copy()];
    advance(MINUTE);
    await Promise.all(tabs.map((tab) => tab.refresh()));
    expect(tabs.filter((tab) => tab.setCookie !== null)).toHaveLength(1);
    for (const tab of tabs) expect(await tab.works()).toBe(200);
    const { results } = await sql(
      "SELECT used_at FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id = ?)",
      member.accountId,
    );
    expect(results.map((row) => row.used_at === null).sort()).toEqual([false, true]);
    const [winner] = tabs.filter((tab) => tab.setCookie !== null);
    advance(MINUTE);
    await winner?.refresh();
    expect(await livingSessions(member.accountId)).toBe(1);
  });

  test("that comes again within 10 s is the other tab's; after that, or when two came after it, a copy", async () => {
    for (const [wait, times, ends] of [
      [9_999, 1, false],
      [10_000, 1, true],
      [1, 2, true],
    ] as const) {
      const { browser, member } = await atWork();
      const old = browser.copy();
      for (let n = 0; n < times; n++) {
        advance(1);
        await browser.refresh();
      }
      advance(wait);
      const { status } = await old.outcome("/auth/refresh");
      expect({ wait, times, status }).toEqual({ wait, times, status: ends ? 401 : 200 });
      expect(await livingSessions(member.accountId)).toBe(ends ? 0 : 1);
    }
  });

  test("is refused when it is unknown, of another kind, or none", async () => {
    const random = crypto.getRandomValues(new Uint8Array(32));
    for (const value of [createToken("refresh", random).token, createToken("apiKey", random).token, "x", ""]) {
      const browser = new Browser();
      browser.cookie = `log0_refresh=${value}`;
      expect(await browser.outcome("/auth/refresh")).toEqual(OVER);
    }
    expect(await new Browser().outcome("/auth/refresh")).toEqual(OVER);
  });

  test("is not taken from the body, nor from a header", async () => {
    const { browser } = await atWork();
    const value = browser.cookie?.split("=")[1] ?? "";
    const other = new Browser();
    const headers = { authorization: `Bearer ${value}`, "x-refresh-token": value };
    expect(await other.outcome("/auth/refresh", { headers, body: { token: value, refreshToken: value } })).toEqual(
      OVER,
    );
    expect(await other.outcome("/incidents", { method: "GET", headers })).toEqual(OVER);
  });
});

describe("what happens at the same moment", () => {
  test("ends a session that is being refreshed", async () => {
    const { browser, member } = await atWork();
    const platform = meanwhile('update "refresh_tokens"', () => endAllSessions(platformOf(env), member.accountId));
    const token = browser.cookie?.split("=")[1];
    expect(await refreshSession(platform, token).catch(errorCode)).toBe("unauthorized");
    const { results } = await sql(
      "SELECT used_at FROM refresh_tokens WHERE hash = ?",
      hashToken("refresh", token ?? ""),
    );
    expect(results).toEqual([{ used_at: null }]);
  });

  test("gives the next refresh token to one of two who refresh, and access to both", async () => {
    const { browser, member } = await atWork();
    const token = browser.cookie?.split("=")[1];
    let first: RefreshedSession | undefined;
    const platform = meanwhile('update "refresh_tokens"', async () => {
      first = await refreshSession(platformOf(env), token);
    });
    const second = await refreshSession(platform, token);
    expect(first?.next?.token).toMatch(/^l0r_/);
    expect(second.next).toBeUndefined();
    browser.accessToken = second.accessToken;
    expect(await browser.works()).toBe(200);
    const tokens = "SELECT used_at FROM refresh_tokens JOIN sessions ON id = session_id WHERE account_id = ?";
    const { results } = await sql(tokens, member.accountId);
    expect(results.map((row) => row.used_at === null).sort()).toEqual([false, true]);
    await refreshSession(platformOf(env), first?.next?.token);
  });

  test("ends a sign-in whose password is replaced while it is checked", async () => {
    const { member, browser } = await atWork();
    const platform = meanwhile('insert into "sessions"', () =>
      sql("UPDATE accounts SET password_hash = 'another' WHERE id = ?", member.accountId),
    );
    const credentials = { email: member.email, password: PASSWORD, device: "", address: browser.address };
    expect(await signIn(platform, credentials).catch(errorCode)).toBe("invalid_credentials");
    expect(await livingSessions(member.accountId)).toBe(1);
  });
});
