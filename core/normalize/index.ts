export { type Token, VARIABLE_CLASSES, type VariableClass } from "./classes.ts";
export { type ExplainedMessage, type ExplainedToken, explainMessage } from "./explain.ts";
export {
  digestOf,
  type FingerprintParts,
  fingerprint,
  fingerprintInput,
  GROUPING_VERSION,
  joinFields,
} from "./fingerprint.ts";
export { group, type NormalizedMessage, normalizeMessage } from "./normalize-message.ts";
export { parseStackTrace, type StackTrace, type TraceLanguage } from "./stack/parse.ts";
export { template } from "./template.ts";
