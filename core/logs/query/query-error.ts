import { Log0Error } from "../../errors.ts";

/** A query that cannot be run, with the place where reading it stopped. */
export class QueryError extends Log0Error {
  /** 1-based, in UTF-16 code units. */
  readonly column: number;

  /** @param offset 0-based, in UTF-16 code units */
  constructor(message: string, offset: number) {
    super("invalid_query", message);
    this.name = "QueryError";
    this.column = offset + 1;
  }
}

/** A piece of the query as an error message repeats it. */
export function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
