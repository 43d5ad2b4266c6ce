import { QueryError, shown } from "./query-error.ts";

export type Operator = ":" | "=" | ">" | ">=" | "<" | "<=";

/** A value as it is written. */
export interface Literal {
  text: string;
  /** Between quotes, where a star is a star. */
  quoted: boolean;
  /** Offset in the query. */
  at: number;
}

export interface Field {
  name: string;
  /** Between quotes, which makes it one key of the attributes whatever it is called. */
  quoted: boolean;
  at: number;
}

/** Blanks, brackets and quotes end a bare word. */
const WORD = /[^\s()"]+/y;
const BLANKS = /\s+/y;
const KEYWORD = /(?:AND|OR|NOT)(?=[\s()]|$)/y;
/** Not before "//", "\" or ":": these are in addresses, paths and the names of methods. */
const FIELD = /([\p{L}_$@][\p{L}\p{M}\p{N}_$@./-]*):(?!\/\/|\\|:)/uy;
const OPERATOR = />=|<=|[<>=]/y;
const RANGE_BOUND = /[^\s()"[\]{}]+/y;

/** Reads the pieces of a query from left to right; each character is looked at a bounded number of times. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(message: string, at = this.at): never {
    throw new QueryError(message, at);
  }

  skipBlanks(): boolean {
    return this.#take(BLANKS) !== undefined;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.at);
  }

  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }

  /** The keyword that stands here, without passing it. */
  keyword(): string | undefined {
    KEYWORD.lastIndex = this.at;
    return KEYWORD.exec(this.text)?.[0];
  }

  /** A minus that belongs to the condition after it; one that stands alone is text. */
  takeMinus(): boolean {
    if (this.peek() !== "-" || /^(?:\s|\)|$)/.test(this.text.slice(this.at + 1, this.at + 2))) return false;
    this.at++;
    if (this.peek() === "-") this.fail('expected a condition after "-": put quotes around text that begins with "--"');
    return true;
  }

  /** A field's name with its colon. */
  field(): Field | undefined {
    const at = this.at;
    if (this.peek() === '"' || this.peek() === "'") {
      const name = this.#quoted();
      if (name !== undefined && this.take(":")) return { name, quoted: true, at };
      this.at = at;
      return undefined;
    }
    FIELD.lastIndex = at;
    const name = FIELD.exec(this.text)?.[1];
    if (name === undefined) return undefined;
    this.at = FIELD.lastIndex;
    return { name, quoted: false, at };
  }

  operator(): Operator {
    const found = this.#take(OPERATOR);
    return found === ">=" || found === "<=" || found === ">" || found === "<" || found === "=" ? found : ":";
  }

  /** A word or a quoted text. */
  literal(): Literal | undefined {
    const at = this.at;
    const quoted = this.#quoted();
    if (quoted !== undefined) {
      if (!/^(?:\s|\)|$)/.test(this.peek())) this.fail("expected a blank after the closing quote");
      return { text: quoted, quoted: true, at };
    }
    if (this.peek() === "/") this.#refuseRegularExpression();
    const text = this.#take(WORD);
    if (text === undefined) return undefined;
    const next = this.peek();
    if (next === "(" || next === '"') {
      this.fail(`expected a blank before ${next}: put quotes around text that contains one (in it, write \\" for ")`);
    }
    return { text, quoted: false, at };
  }

  /** A bound of a range: `*` is none. */
  bound(): Literal | undefined {
    const at = this.at;
    const quoted = this.#quoted();
    if (quoted !== undefined) return { text: quoted, quoted: true, at };
    const text = this.#take(RANGE_BOUND);
    if (text === undefined) this.fail("expected a number or a time, or * for none: [100 TO 500]");
    return text === "*" ? undefined : { text, quoted: false, at };
  }

  /** The text between quotes. A backslash keeps its meaning only before the quote and itself: paths need no doubling. */
  #quoted(): string | undefined {
    const quote = this.peek();
    if (quote !== '"' && quote !== "'") return undefined;
    const start = this.at;
    let text = "";
    let from = start + 1;
    for (let i = from; i < this.text.length; i++) {
      const character = this.text.charAt(i);
      if (character === quote) {
        this.at = i + 1;
        return text + this.text.slice(from, i);
      }
      const next = this.text.charAt(i + 1);
      if (character === "\\" && (next === quote || next === "\\")) {
        text += this.text.slice(from, i);
        from = i + 1;
        i++;
      }
    }
    return this.fail(`this ${quote} is never closed: expected another ${quote}`, start);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** `/a.*b/i` is refused, `/api/v1/users` is text. */
  #refuseRegularExpression(): void {
    const run = /^\S*/.exec(this.text.slice(this.at))?.[0] ?? "";
    const last = run.lastIndexOf("/");
    const isClosed = last > 1 && /^[dgimsuy]*\)*$/.test(run.slice(last + 1));
    if (isClosed || /[(|[\\^]/.test(run)) {
      this.fail(
        `regular expressions cannot be searched with: put quotes around ${shown(run)} if it is text, or use word* and *part*`,
      );
    }
  }
}
