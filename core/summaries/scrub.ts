import { DETECTORS } from "./scrub/detectors.ts";
import { marksIn, type PiiClass } from "./scrub/marks.ts";

export { PII_CLASSES, type PiiClass } from "./scrub/marks.ts";

export interface Scrubbed {
  readonly text: string;
  /** How many parts of the text were replaced, by class. */
  readonly counts: Readonly<Record<PiiClass, number>>;
}

/**
 * A mark can make a boundary where a word went on before, and so show what was hidden. Few texts need a second pass that
 * changes something; the bound keeps hostile ones linear.
 */
const MAX_PASSES = 8;

function noCounts(): Record<PiiClass, number> {
  return {
    email: 0,
    ip: 0,
    token: 0,
    jwt: 0,
    "private-key": 0,
    password: 0,
    cookie: 0,
    card: 0,
    iban: 0,
    phone: 0,
    ssn: 0,
  };
}

/**
 * Replaces personal data and secrets of log text by marks such as `[email-1]`. The same value has the same mark in all
 * texts of one scrubber, so that who reads them can still tell what belongs together.
 */
export class Scrubber {
  /** Marks by value, not by class: a token is the same one whether its key or its prefix gave it away. */
  private readonly marks = new Map<string, { readonly class: PiiClass; readonly text: string }>();
  private readonly last = noCounts();

  /** Takes any string, in linear time; never throws. */
  scrub(text: string): Scrubbed {
    const counts = noCounts();
    // A text may hold marks already. Theirs are other values, whose numbers are not given out again.
    const taken = marksIn(text);
    const mark = (name: PiiClass, value: string) => {
      const found = this.marks.get(value) ?? this.newMark(name, value, taken);
      counts[found.class]++;
      return found.text;
    };
    let done = text;
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const before = done;
      for (const detect of DETECTORS) done = detect(done, mark);
      if (done === before) break;
    }
    return { text: done, counts };
  }

  private newMark(name: PiiClass, value: string, taken: ReadonlySet<string>) {
    let text: string;
    do text = `[${name}-${++this.last[name]}]`;
    while (taken.has(text));
    const made = { class: name, text };
    this.marks.set(value, made);
    return made;
  }
}

/** One text by itself; marks count from 1. */
export function scrub(text: string): Scrubbed {
  return new Scrubber().scrub(text);
}
