import type { Level } from "../../../schema/contracts/levels.ts";
import type { Pattern } from "./pattern.ts";
import type { TimeSpan } from "./time-span.ts";

/** Columns whose value is a name or an id: compared as a whole, in the case that is written. */
export type NameColumn = "service" | "environment" | "fingerprint" | "traceId" | "eventId";

/** Columns of running text. */
export type TextColumn = "message" | "template" | "trace";

/** What one value of an attribute is asked. A list is asked each of its elements. */
export type AttributeTest =
  /** Anything but null. */
  | { readonly kind: "exists" }
  /** The value is null, or its text. */
  | { readonly kind: "null" }
  /** The text as a whole, in any case; a number by its value. */
  | { readonly kind: "equals"; readonly folded: string; readonly number: number | undefined }
  | { readonly kind: "exactly"; readonly text: string }
  /** Folded. */
  | { readonly kind: "like"; readonly pattern: Pattern }
  | { readonly kind: "between"; readonly range: NumberRange }
  | { readonly kind: "during"; readonly span: TimeSpan };

export interface NumberRange {
  readonly min: number;
  readonly minInclusive: boolean;
  readonly max: number;
  readonly maxInclusive: boolean;
}

export type Leaf =
  | { readonly kind: "level"; readonly levels: ReadonlySet<Level> }
  | { readonly kind: "time"; readonly column: "timestamp" | "receivedAt"; readonly span: TimeSpan }
  | { readonly kind: "name"; readonly column: NameColumn; readonly pattern: Pattern }
  /** Folded, with collapsed blanks; in any searchable text, or in one column. */
  | { readonly kind: "text"; readonly column: TextColumn | "any"; readonly pattern: Pattern }
  | { readonly kind: "exact-text"; readonly column: TextColumn; readonly text: string }
  | { readonly kind: "has-trace" }
  | { readonly kind: "has-trace-id" }
  | { readonly kind: "attribute"; readonly path: readonly string[]; readonly test: AttributeTest };

export type Condition =
  | Leaf
  | { readonly kind: "everything" }
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition };

/** A query that was read and found in order. */
export interface LogQuery {
  readonly condition: Condition;
}
