import { GROUPING_VERSION, type NormalizedMessage, normalizeMessage } from "../normalize/index.ts";

/** One version of the rules that make a template, an exception type and a first frame of a log. */
export interface GroupingEngine {
  /** Part of every fingerprint that it makes. */
  readonly version: string;
  normalize(message: string, trace: string | undefined): NormalizedMessage;
}

export const CURRENT_ENGINE: GroupingEngine = { version: GROUPING_VERSION, normalize: normalizeMessage };

/**
 * The version before, while it runs beside the present one so that open incidents are carried over (docs/adr/0009).
 * None: the first version is the only one so far.
 */
export const PREVIOUS_ENGINE: GroupingEngine | undefined = undefined;
