const DAY_MS = 86_400_000;

/** The UTC day of a time (Unix ms) as usage is kept by: `2026-01-31`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Days from `from` to `to`, both of them counted; less than 1 when `to` comes first. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}
