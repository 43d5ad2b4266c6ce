import { type QuietHours, WEEKDAYS } from "../../schema/contracts/channels.ts";
import type { Severity } from "../../schema/contracts/levels.ts";

const MINUTE = 60_000;
const MINUTES_A_DAY = 1_440;

/** Quiet hours of all seven days may join: an end is looked for this often. */
const MAX_STEPS = 20;

/** A clock that jumps forward in the quiet hours' last minute ends them up to so many minutes too late. */
const MAX_JUMP_MINUTES = 120;

/** A moment as a wall clock shows it. */
interface LocalTime {
  /** Index in WEEKDAYS. */
  day: number;
  /** Minutes since local midnight, 0 to 1,439. */
  minute: number;
}

const DAYS: readonly string[] = WEEKDAYS;

/** A wall clock of a time zone. */
function clockOf(timeZone: string): (ms: number) => LocalTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const weekday = (parts.get("weekday") ?? "").toUpperCase();
    return {
      day: DAYS.indexOf(weekday),
      minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
    };
  };
}

/** `22:30` → 1,350. */
function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function covers(quiet: QuietHours, { day, minute }: LocalTime): boolean {
  const begins = (index: number) => quiet.days.some((name) => name === WEEKDAYS[index]);
  const [from, to] = [minuteOf(quiet.from), minuteOf(quiet.to)];
  if (from < to) return begins(day) && minute >= from && minute < to;
  return (begins(day) && minute >= from) || (begins((day + 6) % 7) && minute < to);
}

/** The next moment at which the wall clock may show the quiet hours' end. It is later than `at`. */
function nextEnd(quiet: QuietHours, clock: (ms: number) => LocalTime, at: number): number {
  const to = minuteOf(quiet.to);
  const left = ((to - clock(at).minute + MINUTES_A_DAY - 1) % MINUTES_A_DAY) + 1;
  const planned = Math.floor(at / MINUTE) * MINUTE + left * MINUTE;
  // Where the clock was turned in between, it shows another time there than the end's.
  const off = ((clock(planned).minute - to + MINUTES_A_DAY * 1.5) % MINUTES_A_DAY) - MINUTES_A_DAY / 2;
  const corrected = planned - off * MINUTE;
  return corrected > at && !covers(quiet, clock(corrected)) ? corrected : planned;
}

/**
 * Until when a notice is held back by quiet hours.
 * @param now Unix ms
 * @returns Unix ms, on a whole minute; undefined when it may go out at once
 */
export function quietUntil(quiet: QuietHours | null, severity: Severity, now: number): number | undefined {
  if (quiet === null || quiet.breakThrough.includes(severity)) return undefined;
  const clock = clockOf(quiet.timeZone);
  if (!covers(quiet, clock(now))) return undefined;
  let end = now;
  // Where one day's hours end, another's may have begun. Hours that never end are looked at again after some days.
  for (let step = 0; step < MAX_STEPS && covers(quiet, clock(end)); step++) end = nextEnd(quiet, clock, end);
  // The end may lie in an hour that the clock skipped: then they end with the jump.
  for (let minute = 0; minute < MAX_JUMP_MINUTES; minute++) {
    const before = end - MINUTE;
    if (before <= now || covers(quiet, clock(before))) break;
    end = before;
  }
  return end;
}
