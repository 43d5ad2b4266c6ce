export { type Token, VARIABLE_CLASSES, type VariableClass } from "./classes.ts";
export { type FingerprintParts, fingerprint, GROUPING_VERSION } from "./fingerprint.ts";
export { group, type NormalizedMessage, normalizeMessage } from "./normalize-message.ts";
export { parseStackTrace, type StackTrace, type TraceLanguage } from "./stack/parse.ts";
export { template } from "./template.ts";
