import type { VariableClass } from "./classes.ts";

/** A masked word: where it stands in the message and where its mark stands in the key. */
export interface Span {
  readonly class: VariableClass;
  readonly start: number;
  readonly end: number;
  readonly keyStart: number;
  readonly keyEnd: number;
}

const MARKS = new Map<VariableClass, string>();

export function markOf(name: VariableClass): string {
  let mark = MARKS.get(name);
  if (mark === undefined) {
    mark = `<${name}>`;
    MARKS.set(name, mark);
  }
  return mark;
}

/** Builds the key: the message with the words masked that show their class by themselves. */
export class KeyBuilder {
  key = "";
  /** Up to here the message is in the key. */
  private copied = 0;
  private readonly message: string;
  private readonly spans: Span[] | undefined;

  constructor(message: string, spans: Span[] | undefined) {
    this.message = message;
    this.spans = spans;
  }

  mask(name: VariableClass, start: number, end: number): void {
    this.replace(markOf(name), start, end);
    const keyEnd = this.key.length;
    this.spans?.push({ class: name, start, end, keyStart: keyEnd - name.length - 2, keyEnd });
  }

  replace(by: string, start: number, end: number): void {
    this.key += start > this.copied ? this.message.slice(this.copied, start) + by : by;
    this.copied = end;
  }

  /** A lower bound of the key's length once the message is copied up to `at`. */
  lengthAt(at: number): number {
    return this.key.length + at - this.copied;
  }

  finish(end: number): string {
    if (end > this.copied) this.key += this.message.slice(this.copied, end);
    this.copied = end;
    return this.key;
  }
}
