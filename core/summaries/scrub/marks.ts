/** What the scrubber looks for. The names stand in the marks: `[email-1]`. */
export const PII_CLASSES = [
  "email",
  "ip",
  "token",
  "jwt",
  "private-key",
  "password",
  "cookie",
  "card",
  "iban",
  "phone",
  "ssn",
] as const;

export type PiiClass = (typeof PII_CLASSES)[number];

/** Gives the mark that stands for a value. */
export type Marker = (name: PiiClass, value: string) => string;

/** Returns the text with what it looks for replaced by marks. Linear in the text's length, whatever the text. */
export type Detector = (text: string, mark: Marker) => string;

/** A mark as it stands in a text. Every quantifier is bounded, and no two alternatives begin alike for long. */
const MARK = `\\[(?:${PII_CLASSES.join("|")})-[1-9]\\d{0,6}\\]`;

const MARKS = new RegExp(MARK, "g");
const MARK_HERE = new RegExp(MARK, "y");

export function marksIn(text: string): Set<string> {
  return new Set(text.match(MARKS));
}

/** The end of the mark that begins at `at`, or `at` where none does. */
export function markEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 91) return at;
  MARK_HERE.lastIndex = at;
  return MARK_HERE.test(text) ? MARK_HERE.lastIndex : at;
}

/** True of a value that holds a mark and, beside marks and escaped line ends, no letter or digit. */
export function isMasked(value: string): boolean {
  const rest = value.replace(MARKS, "");
  return rest.length < value.length && !/[\p{L}\p{N}]/u.test(rest.replace(/\\[nrt]/g, ""));
}

/** Copies a text with parts of it replaced, from left to right. */
export class Edit {
  private out = "";
  private copied = 0;
  private readonly text: string;
  private readonly mark: Marker;

  constructor(text: string, mark: Marker) {
    this.text = text;
    this.mark = mark;
  }

  /** @param start not before the end of the part replaced last. */
  replace(name: PiiClass, start: number, end: number): void {
    this.out += this.text.slice(this.copied, start) + this.mark(name, this.text.slice(start, end));
    this.copied = end;
  }

  done(): string {
    return this.copied === 0 ? this.text : this.out + this.text.slice(this.copied);
  }
}
