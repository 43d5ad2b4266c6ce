/** Numbers distinct texts in the order of their first appearance: a column of repeated texts travels as indexes. */
export class Dictionary {
  readonly values: string[] = [];
  private readonly indexes = new Map<string, number>();

  has(value: string): boolean {
    return this.indexes.has(value);
  }

  indexOf(value: string): number {
    const known = this.indexes.get(value);
    if (known !== undefined) return known;
    const index = this.values.push(value) - 1;
    this.indexes.set(value, index);
    return index;
  }
}

/** A sparse column: indexes of the rows that have a value, and the values. */
export interface Sparse<T> {
  rows: number[];
  values: T[];
}

export function emptySparse<T>(): Sparse<T> {
  return { rows: [], values: [] };
}

export function putSparse<T>(column: Sparse<T>, row: number, value: T | undefined): void {
  if (value === undefined) return;
  column.rows.push(row);
  column.values.push(value);
}

/** Visits the values of a sparse column. */
export function eachSparse<T>(column: Sparse<T>, visit: (row: number, value: T) => void): void {
  for (const [position, row] of column.rows.entries()) {
    const value = column.values[position];
    if (value !== undefined) visit(row, value);
  }
}
