import { vi } from "vitest";

const WINDOW_MS = 5 * 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Stops the clock a minute after noon (UTC) of the day after tomorrow: at the same time of the day whenever the tests run,
 * so that no midnight comes by chance, and one minute into a window. Alarms are set by this clock and kept by the real
 * one, so that none goes off by itself: a test runs them.
 */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  vi.setSystemTime(today + 2.5 * DAY_MS + 60_000);
}

export function advance(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** Start of the next window, Unix ms. */
export function nextWindow(): number {
  return Math.ceil((Date.now() + 1) / WINDOW_MS) * WINDOW_MS;
}

export function setClock(ms: number): void {
  vi.setSystemTime(ms);
}
