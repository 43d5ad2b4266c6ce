import { vi } from "vitest";

const WINDOW_MS = 5 * 60 * 1000;

/**
 * Stops the clock two days ahead of the real one, one minute into a window. Alarms are set by this clock and kept by
 * the real one, so that none goes off by itself: a test runs them.
 */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  const later = Date.now() + 48 * 60 * 60 * 1000;
  vi.setSystemTime(Math.ceil(later / WINDOW_MS) * WINDOW_MS + 60_000);
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
