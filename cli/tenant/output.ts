/**
 * A table for the terminal: columns as wide as their widest cell, two spaces between. Names come from the API, too: what
 * could do something to the terminal is escaped.
 */
export function formatTable(head: string[], rows: string[][]): string[] {
  const cells = [head, ...rows.map((row) => row.map((cell) => printable(cell)))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** The text with control, format and unassigned characters spelled out, cut above `most` characters. */
export function printable(text: string, most = 300): string {
  const escaped = text.replaceAll(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return escaped.length > most ? `${escaped.slice(0, most)}…` : escaped;
}

/** A time (Unix ms) for people: minutes are enough, and UTC is the same for everyone. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
