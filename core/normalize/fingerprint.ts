import { createHash } from "node:crypto";

/**
 * The version of the rules that make a template, an exception type and a first frame. It is part of every fingerprint:
 * a change of a rule needs a new version, so that open incidents can be carried over by an alias instead of splitting.
 */
export const GROUPING_VERSION = "1";

/** What makes two logs the same problem. Empty strings where a log has no exception. */
export interface FingerprintParts {
  readonly serviceName: string;
  readonly messageTemplate: string;
  readonly exceptionType: string;
  readonly firstStackFrame: string;
}

/** Escapes the separator, so that no two different parts give the same input. Most fields need no escape. */
function field(text: string): string {
  if (text.indexOf("|") < 0 && text.indexOf("\\") < 0) return text;
  return text.replace(/[|\\]/g, "\\$&");
}

/** The fields with `|` between them; `|` and `\\` inside a field are escaped by a backslash. */
export function joinFields(fields: readonly string[]): string {
  return fields.map(field).join("|");
}

/** `version|serviceName|messageTemplate|exceptionType|firstStackFrame`: what a fingerprint is the hash of. */
export function fingerprintInput(parts: FingerprintParts, version = GROUPING_VERSION): string {
  return `${version}|${field(parts.serviceName)}|${field(parts.messageTemplate)}|${field(parts.exceptionType)}|${field(parts.firstStackFrame)}`;
}

/** SHA-256 of a text in UTF-8, 64 lower-case hex digits. */
export function digestOf(input: string): string {
  return createHash("sha256").update(input).digest("hex");
}

/** The fingerprint of a log without rules. Depends on nothing but its arguments. */
export function fingerprint(parts: FingerprintParts, version = GROUPING_VERSION): string {
  return digestOf(fingerprintInput(parts, version));
}
