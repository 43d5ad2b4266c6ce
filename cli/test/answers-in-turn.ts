import type { Answer, Call } from "./stub-wrangler.ts";

/** Gives the prepared answers, one a run. */
export function answer(_call: Call, state: { answers: Answer[] }): Answer {
  return state.answers.shift() ?? { status: 1, stderr: "✘ [ERROR] the test has no more answers\n" };
}
