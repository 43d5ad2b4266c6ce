import { fileName, frameName } from "./frame-names.ts";
import { Frames, type StackTrace } from "./types.ts";

/** Runtime and dependencies: the engine's own modules, installed packages, bundlers' and test runners' glue. */
const FOREIGN =
  /(?:^|[/\\(])(?:node_modules|bower_components)[/\\]|^node:|^(?:internal|bun|deno|ext|cloudflare):|^internal\/|^(?:native|<anonymous>|unknown)$|webpack\/(?:bootstrap|runtime)|^(?:events|fs|net|http|https|timers|module|util|stream|domain|vm)\.js$|\/std@\d/;

/** Splits `path:12:34` from its position; the position is digits only, so that URLs keep their colons. */
function placeOf(text: string): string {
  return text.replace(/(?::\d{1,9}){1,2}$/, "");
}

/** `at place (/srv/app/orders.js:1:2)`, `at async …`, `at /srv/x.js:1:2`; `place@https://host/x.js:1:2` of browsers. */
export function scriptFrame(line: string): { name: string; path: string } | undefined {
  if (line.startsWith("at ")) {
    const open = line.endsWith(")") ? line.lastIndexOf(" (") : -1;
    const place = open < 0 ? line.slice(line.startsWith("at async ") ? 9 : 3) : line.slice(open + 2, -1);
    const name = open < 0 ? "" : line.slice(3, open);
    const path = placeOf(place);
    if (path === place && !FOREIGN.test(place)) return undefined;
    return { name, path };
  }
  const at = line.indexOf("@");
  const path = placeOf(line.slice(at + 1));
  if (at < 0 || line.includes(" ") || path.length === line.length - at - 1 || !/^(?:\w+:\/\/|\/|webpack)/.test(path))
    return undefined;
  return { name: line.slice(0, at), path };
}

/** Names that engines give to functions without one, and what minifiers leave of names, say nothing. */
function functionName(name: string): string {
  const plain = name
    .replace(/^(?:async |new )+/, "")
    .replace(/ \[as [^\]]{1,80}\]$/, "")
    .replace(/^(?:Object|Module|Function|exports|module\.exports|Array|Promise|eval)\./, "");
  if (/^(?:<anonymous>|anonymous|eval|\?|null|__webpack_require__)$/.test(plain)) return "";
  return plain.replace(/\.<anonymous>|\.<computed>/g, "").replace(/\d+$/, "");
}

const TYPED =
  /^(?:Uncaught |Unhandled |\(in promise\) |\[)*((?:[A-Z][\w$]*\.)*[A-Za-z_$][\w$]*)(?: \[[A-Z0-9_]+\])?(?::|\]|$)/;

/** `TypeError: x`, `Uncaught (in promise) DOMException: x`, `TypeError [ERR_X]: x`. */
export function scriptType(header: string): string {
  const match = TYPED.exec(header);
  const type = match?.[1] ?? "";
  if (/(?:Error|Exception|Rejection|Failure|Fault|Warning)\d*$/.test(type)) return type;
  // A log prefix stands before it, or the class has a name of its own.
  const inner = /(?:^|[\s:])((?:[A-Z][\w$]*)(?:Error|Exception))(?: \[[A-Z0-9_]+\])?(?::|$)/.exec(header)?.[1];
  return inner ?? (/^[A-Z][\w$]*$/.test(type) ? type : "");
}

/** JavaScript and TypeScript, engines and browsers; the last `[cause]:` is the root cause. */
export function parseScript(lines: readonly string[], firstFrame: number): StackTrace {
  const header = lines[scriptHeader(lines, firstFrame)]?.trim() ?? "";
  let root = -1;
  for (let i = lines.length - 1; i > firstFrame && root < 0; i--) {
    if (/^\s*(?:\[cause\]:|Caused by:|cause:)\s/.test(lines[i] ?? "")) root = i;
  }
  const frames = framesOf(lines, root < 0 ? firstFrame : root + 1);
  const outer = root >= 0 && !frames.done ? framesOf(lines, firstFrame) : frames;
  const cause = root < 0 ? "" : scriptType((lines[root] ?? "").replace(/^\s*(?:\[cause\]|Caused by|cause):\s*/, ""));
  const parsed = { language: "javascript" as const, firstStackFrame: (outer.done ? outer : frames).name, header };
  const thrown = scriptType(header);
  return cause === "" ? { ...parsed, exceptionType: thrown } : { ...parsed, exceptionType: cause, rootCause: cause };
}

/** The line that names the error: the nearest typed one above the frames, or the nearest at all. */
function scriptHeader(lines: readonly string[], firstFrame: number): number {
  for (let i = firstFrame - 1; i >= 0 && i > firstFrame - 50; i--)
    if (scriptType(lines[i]?.trim() ?? "") !== "") return i;
  return Math.max(0, firstFrame - 1);
}

function framesOf(lines: readonly string[], from: number): Frames {
  const frames = new Frames();
  for (let i = from; i < lines.length && !frames.done; i++) {
    const line = lines[i]?.trim() ?? "";
    const frame = scriptFrame(line);
    if (frame === undefined) {
      if (/^(?:\[cause\]|Caused by|cause):/.test(line)) break;
      continue;
    }
    frames.add({ name: frameName(functionName(frame.name), fileName(frame.path)), inApp: !FOREIGN.test(frame.path) });
  }
  return frames;
}
