/** Draws numbers in [0, 1). */
export type Random = () => number;

/** Draws one value of an argument that a developer passes to a log call. */
export type Kind = (random: Random) => string;

/**
 * A log statement as it stands in a program: `<kind>` is where an argument is printed, everything else is constant.
 * Several forms are one statement whose optional parts differ.
 */
export type Statement = string | readonly string[];

/** Log statements of one kind of program. Statements of different families are labelled apart. */
export interface Family {
  readonly name: string;
  /** Kinds of values of this family alone; they hide the common ones of the same name. */
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly statements: readonly Statement[];
}
