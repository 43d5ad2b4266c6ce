import { isDotnetFrame, parseDotnet, parseGo, parseRust } from "./compiled.ts";
import { javaFrame, parseJava } from "./java.ts";
import { parseScript, scriptFrame } from "./javascript.ts";
import { PYTHON_HEAD, parsePython } from "./python.ts";
import { isPhpFrame, isRubyFrame, parsePhp, parseRuby } from "./scripted.ts";

import type { StackTrace } from "./types.ts";

export type { StackTrace, TraceLanguage } from "./types.ts";

/** A trace of 100,000 characters (the contract's limit) has fewer lines than this, unless they are empty. */
const MOST_LINES = 4_000;

/** Longer lines hold no frame; cut, no pattern sees more than this. */
const LONGEST_LINE = 1_000;

function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let from = 0; from <= text.length && lines.length < MOST_LINES; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    const line = text.slice(from, Math.min(to, from + LONGEST_LINE));
    lines.push(line.endsWith("\r") ? line.slice(0, -1) : line);
    from = to + 1;
  }
  return lines;
}

/** Tries the language whose frame or header a line is; undefined when it is neither. */
function parseAt(lines: readonly string[], at: number): StackTrace | undefined {
  const line = lines[at]?.trim() ?? "";
  if (line === "") return undefined;
  if (line.startsWith("at ")) {
    if (javaFrame(line) !== undefined) return parseJava(lines, at);
    if (isDotnetFrame(line)) return parseDotnet(lines, at);
    return scriptFrame(line) === undefined ? undefined : parseScript(lines, at);
  }
  if (line.startsWith(PYTHON_HEAD)) return parsePython(lines, at);
  if (line.startsWith("goroutine ") && /^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]]+\]:$/.test(line))
    return parseGo(lines, at);
  if (line.includes(" panicked at ") && line.includes("thread ")) return parseRust(lines, at);
  if (isPhpFrame(line)) return parsePhp(lines, at);
  if (isRubyFrame(line)) return parseRuby(lines, at);
  return line.includes("@") && scriptFrame(line) !== undefined ? parseScript(lines, at) : undefined;
}

/**
 * What a stack trace says about a problem: of Java (Kotlin, Scala), JavaScript and TypeScript, Python, Go, Ruby, PHP,
 * .NET and Rust. Accepts a trace alone or a message that holds one. Linear in the text, of which it looks at the first
 * 4,000 lines and 1,000 characters of each. Undefined when no line is a frame.
 */
export function parseStackTrace(text: string): StackTrace | undefined {
  const lines = linesOf(text);
  for (let i = 0; i < lines.length; i++) {
    const parsed = parseAt(lines, i);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}
