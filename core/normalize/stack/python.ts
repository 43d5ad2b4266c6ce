import { fileName, frameName } from "./frame-names.ts";
import { Frames, type StackTrace } from "./types.ts";

/** Installed packages, the standard library and frozen modules. */
const FOREIGN =
  /[/\\](?:site-packages|dist-packages)[/\\]|[/\\]lib(?:64)?[/\\]python\d|[/\\]Lib[/\\]|^<|[/\\]\.?venv[/\\]lib|runpy\.py$/;

export const PYTHON_HEAD = "Traceback (most recent call last):";

const FRAME = /^File "([^"]*)", line \d+(?:, in (.+))?$/;

/** Chained exceptions are printed root first when one was raised `from` another or while handling it. */
const CHAIN = /^(?:The above exception was the direct cause|During handling of the above exception)/;

interface Raised {
  readonly type: string;
  readonly header: string;
  readonly frames: readonly { name: string; inApp: boolean }[];
}

export function pythonType(line: string): string {
  return /^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?::|$)/.exec(line)?.[1] ?? "";
}

/** One traceback: its frames stand most recent last, then the line that names the exception, not indented. */
function raisedAt(lines: readonly string[], head: number): Raised {
  const indent = (lines[head] ?? "").indexOf(PYTHON_HEAD);
  const frames: { name: string; inApp: boolean }[] = [];
  for (let i = head + 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const text = line.trimStart();
    const frame = FRAME.exec(text);
    if (frame !== null) {
      const path = frame[1] ?? "";
      const name = (frame[2] ?? "").replace(/^<module>$/, "");
      frames.push({ name: frameName(name, fileName(path)), inApp: !FOREIGN.test(path) });
    } else if (text !== "" && line.length - text.length <= Math.max(0, indent) && !text.startsWith("[Previous line")) {
      return { type: pythonType(text), header: text, frames };
    }
  }
  return { type: "", header: "", frames };
}

/** The frame nearest to the raise that belongs to the application. */
function nearest(raised: Raised): { name: string; inApp: boolean } {
  const frames = new Frames();
  for (let i = raised.frames.length - 1; i >= 0 && !frames.done; i--) {
    const frame = raised.frames[i];
    if (frame !== undefined) frames.add(frame);
  }
  return { name: frames.name, inApp: frames.done };
}

export function parsePython(lines: readonly string[], head: number): StackTrace {
  const first = raisedAt(lines, head);
  let chained = false;
  let last = head;
  for (let i = head + 1; i < lines.length; i++) {
    const text = lines[i]?.trimStart() ?? "";
    if (CHAIN.test(text)) chained = true;
    else if (text.startsWith(PYTHON_HEAD) && chained) last = i;
  }
  const thrown = last === head ? first : raisedAt(lines, last);
  const inRoot = nearest(first);
  const frame = inRoot.inApp || last === head ? inRoot : nearest(thrown);
  const parsed = {
    language: "python" as const,
    exceptionType: first.type,
    firstStackFrame: (frame.name === "" ? inRoot : frame).name,
    header: thrown.header,
  };
  return last === head ? parsed : { ...parsed, rootCause: first.type };
}
