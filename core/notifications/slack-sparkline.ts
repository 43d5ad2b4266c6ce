const BARS = "▁▂▃▄▅▆▇█";
/** What fits one line of a field. */
const MAX_BARS = 24;
/** The widest step between two bars that is looked for: the default window. */
const DEFAULT_STEP_MS = 5 * 60_000;

/** Occurrences of a window. `start` in Unix ms. */
export interface WindowCount {
  start: number;
  count: number;
}

/**
 * The course of an incident in at most 24 characters: each a window, or as many windows as it takes, the highest of them
 * full. Quiet windows in between are the lowest bar. One window alone has no course: empty.
 */
export function sparkline(windows: readonly WindowCount[]): string {
  const starts = [...new Set(windows.map(({ start }) => start))].sort((a, b) => a - b);
  const [first] = starts;
  const last = starts.at(-1);
  if (first === undefined || last === undefined || first === last) return "";
  let step = DEFAULT_STEP_MS;
  for (const [index, start] of starts.entries()) {
    if (index > 0) step = Math.min(step, start - (starts[index - 1] ?? start));
  }
  const bars = Math.min(MAX_BARS, Math.floor((last - first) / step) + 1);
  const width = (last - first + step) / bars;
  const counts = new Array<number>(bars).fill(0);
  for (const { start, count } of windows) {
    const bar = Math.min(bars - 1, Math.floor((start - first) / width));
    counts[bar] = (counts[bar] ?? 0) + Math.max(0, count);
  }
  const highest = Math.max(1, ...counts);
  return counts.map((count) => BARS[Math.ceil((count / highest) * (BARS.length - 1))] ?? "").join("");
}
