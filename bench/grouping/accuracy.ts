export type Grouper = (content: string) => string;

export interface LabelledLine {
  readonly content: string;
  readonly template: string;
}

/** Shares between 0 and 1. */
export interface Accuracy {
  /** Grouping accuracy: the lines whose predicted group is exactly the set of lines of their true group. */
  readonly ga: number;
  /** F1 of group accuracy: exactly matching groups over predicted (precision) and over true groups (recall). */
  readonly fga: number;
  readonly trueGroups: number;
  readonly predictedGroups: number;
}

/** The numbers of the lines of each key, in the order in which the keys first come. */
export function gather(keys: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  keys.forEach((key, line) => {
    const lines = groups.get(key);
    if (lines === undefined) groups.set(key, [line]);
    else lines.push(line);
  });
  return groups;
}

export function accuracyOf(lines: readonly LabelledLine[], grouper: Grouper): Accuracy {
  const truth = gather(lines.map((line) => line.template));
  const predicted = gather(lines.map((line) => grouper(line.content)));
  const trueSets = new Set([...truth.values()].map((group) => group.join()));
  let exact = 0;
  let right = 0;
  for (const lines of predicted.values()) {
    if (!trueSets.has(lines.join())) continue;
    exact++;
    right += lines.length;
  }
  return {
    ga: lines.length === 0 ? 1 : right / lines.length,
    fga: lines.length === 0 ? 1 : (2 * exact) / (truth.size + predicted.size),
    trueGroups: truth.size,
    predictedGroups: predicted.size,
  };
}

/** A statement whose lines got several templates. */
export interface Split {
  readonly statement: string;
  readonly predicted: readonly { readonly template: string; readonly lines: number; readonly example: string }[];
}

/** A template that lines of several statements got. */
export interface Merged {
  readonly template: string;
  readonly statements: readonly { readonly statement: string; readonly lines: number; readonly example: string }[];
}

export interface Mistakes {
  readonly split: readonly Split[];
  readonly merged: readonly Merged[];
}

/** Where a grouper differs from the truth: what costs most lines first, and within each, the most frequent first. */
export function mistakesOf(lines: readonly LabelledLine[], grouper: Grouper): Mistakes {
  const truth = lines.map((line) => line.template);
  const predicted = lines.map((line) => grouper(line.content));
  return {
    split: mixed(lines, truth, predicted).map(({ key, parts }) => ({
      statement: key,
      predicted: parts.map(({ key: template, ...part }) => ({ template, ...part })),
    })),
    merged: mixed(lines, predicted, truth).map(({ key, parts }) => ({
      template: key,
      statements: parts.map(({ key: statement, ...part }) => ({ statement, ...part })),
    })),
  };
}

/** The outer groups whose lines belong to several inner groups. */
function mixed(lines: readonly LabelledLine[], outer: readonly string[], inner: readonly string[]) {
  const groups = [...gather(outer)].map(([key, numbers]) => {
    const parts = [...gather(numbers.map((number) => inner[number] ?? ""))].map(([part, places]) => ({
      key: part,
      lines: places.length,
      example: lines[numbers[places[0] ?? 0] ?? 0]?.content ?? "",
    }));
    return { key, lines: numbers.length, parts: parts.sort((a, b) => b.lines - a.lines) };
  });
  return groups.filter(({ parts }) => parts.length > 1).sort((a, b) => b.lines - a.lines);
}
