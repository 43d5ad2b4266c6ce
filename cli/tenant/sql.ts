/** What a statement may carry: text, a safe integer or NULL. */
export type SqlValue = string | number | null;

/**
 * Writes a value as an SQLite literal, because `wrangler d1 execute` takes no parameters. In SQLite a text literal knows
 * one special character, the quote, which is doubled; a backslash means nothing.
 *
 * @throws RangeError for what could not be read back unchanged: NUL (SQLite's parser stops there), half a surrogate pair
 * (UTF-8 cannot hold it), and numbers that are not safe integers.
 */
export function sqlLiteral(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
    return String(value);
  }
  if (value.includes("\0")) throw new RangeError("text for SQL must not contain NUL");
  if (/\p{Surrogate}/u.test(value)) throw new RangeError("text for SQL must be well-formed Unicode");
  const quoted = `'${value.replaceAll("'", "''")}'`;
  // Wrangler turns CR LF into LF outside of quotes only; a CR is spelled out so that no tool on the way can touch it.
  return quoted.includes("\r") ? `(${quoted.replaceAll("\r", "'||char(13)||'")})` : quoted;
}

/** SQL that stands in a statement as it is, made by `fragment` only. */
export interface Fragment {
  readonly sql: string;
}

/** A statement whose interpolated values become literals: sql`SELECT 1 WHERE name = ${name}`. */
export function sql(parts: TemplateStringsArray, ...values: (SqlValue | Fragment)[]): string {
  return parts.reduce((text, part, index) => text + write(values[index - 1] ?? null) + part).trim();
}

/** A part of several statements, written as a statement is. */
export function fragment(parts: TemplateStringsArray, ...values: (SqlValue | Fragment)[]): Fragment {
  return { sql: sql(parts, ...values) };
}

function write(value: SqlValue | Fragment): string {
  return typeof value === "object" && value !== null ? value.sql : sqlLiteral(value);
}
