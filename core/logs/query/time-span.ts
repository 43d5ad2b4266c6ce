import { parseTimestamp } from "../../events/timestamp.ts";

/** Unix ms, from inclusive, to exclusive; infinite where nothing bounds it. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MINUTE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(Z|z|[+-]\d\d:?\d\d)?$/;
const SECOND = /:\d\d(?:\s?(?:Z|z|[+-]\d\d:?\d\d))?$/;

/**
 * The time that a text names, as long as it is exact: a day, a minute, a second, else a millisecond. Without an offset
 * it is UTC. Undefined when it is no time.
 */
export function timeSpan(text: string): TimeSpan | undefined {
  if (DAY.test(text)) return span(Date.parse(`${text}T00:00:00Z`), 24 * 60 * 60 * 1000);
  const minute = MINUTE.exec(text);
  if (minute !== null) {
    const [, day, time, offset = "Z"] = minute;
    return span(parseTimestamp(`${day}T${time}:00${offset}`)?.ms, 60 * 1000);
  }
  const isSecond = /^\d{9,11}$/.test(text) || (text.length <= 64 && SECOND.test(text));
  return span(parseTimestamp(text)?.ms, isSecond ? 1000 : 1);
}

function span(from: number | undefined, length: number): TimeSpan | undefined {
  return from === undefined || Number.isNaN(from) ? undefined : { from, to: from + length };
}
