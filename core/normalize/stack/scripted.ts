import { fileName, frameName } from "./frame-names.ts";
import { Frames, type StackTrace } from "./types.ts";

const RUBY_FOREIGN = /\/gems\/|\/rubygems\/|\/lib\/ruby\/|^<internal:|\/bundler\/|\/usr\/local\/bundle\//;

/** `app/models/order.rb:12:in 'Order#place'` (3.4 on) or with a backtick (before). */
const RUBY_FRAME = /^(?:from )?(?:\d+: from )?(\S+?):\d+:in [`'](.+?)'(.*)$/;

export function isRubyFrame(line: string): boolean {
  return line.includes(":in ") && RUBY_FRAME.test(line);
}

function rubyFunction(name: string): string {
  return name
    .replace(/^(?:(?:rescue|ensure|block(?: \(\d+ levels\))?) in )+/, "")
    .replace(/^<(?:main|top \(required\)|class:\w+|module:\w+)>$/, "")
    .replace(/^.*[#.](?=[^#.]+$)/, "");
}

const RUBY_TYPE = /(?:^|\s|\()((?:[A-Z]\w*::)*[A-Z]\w*)\)?(?=:|\)|$|\s\()/;

/** `x.rb:1:in 'm': message (Type)`, or `Type: message` (`Type (message):`) above the frames. */
export function parseRuby(lines: readonly string[], firstFrame: number): StackTrace {
  const frames = new Frames();
  for (let i = firstFrame; i < lines.length && !frames.done; i++) {
    const match = RUBY_FRAME.exec(lines[i]?.trim() ?? "");
    if (match === null) continue;
    const path = match[1] ?? "";
    frames.add({ name: frameName(rubyFunction(match[2] ?? ""), fileName(path)), inApp: !RUBY_FOREIGN.test(path) });
  }
  const top = RUBY_FRAME.exec(lines[firstFrame]?.trim() ?? "");
  const inline = /\(((?:[A-Z]\w*::)*[A-Z]\w*)\)$/.exec(top?.[3] ?? "")?.[1];
  let header = firstFrame === 0 ? (top?.[3] ?? "").replace(/^: /, "") : "";
  let type = inline ?? "";
  for (let i = firstFrame - 1; i >= 0 && type === ""; i--) {
    const line = lines[i]?.trim() ?? "";
    type = RUBY_TYPE.exec(line)?.[1] ?? "";
    if (type !== "") header = line;
  }
  if (header === "") header = lines[0]?.trim() ?? "";
  return { language: "ruby", exceptionType: type, firstStackFrame: frames.name, header };
}

const PHP_FOREIGN = /[/\\]vendor[/\\]|^\[internal function\]|^phar:/;

/** `#0 /srv/app/Orders.php(12): App\Orders->place()`; `#1 [internal function]: …`. */
const PHP_FRAME = /^#\d+ (\[internal function\]|.+?\.php)(?:\(\d+\))?:? ?([^(]*)/;

export function isPhpFrame(line: string): boolean {
  return (
    line.startsWith("#") &&
    (line.includes(".php(") || line.includes("[internal function]") || line.includes("{main}")) &&
    /^#\d+ /.test(line)
  );
}

/** PHP: a frame names the file of the call and the function that was called. `Next` begins an exception that wraps. */
export function parsePhp(lines: readonly string[], firstFrame: number): StackTrace {
  const head = lines
    .slice(0, firstFrame)
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== "Stack trace:" && line !== "[stacktrace]");
  const header = head.find((line) => phpType(line) !== "") ?? head[0] ?? "";
  const frames = new Frames();
  const thrownIn = / in (\S.*?\.php)[:(]/.exec(header)?.[1];
  if (thrownIn !== undefined && !PHP_FOREIGN.test(thrownIn)) {
    const inside = PHP_FRAME.exec(lines[firstFrame]?.trim() ?? "")?.[2] ?? "";
    frames.add({ name: frameName(phpFunction(inside), fileName(thrownIn)), inApp: true });
  }
  for (let i = firstFrame; i < lines.length && !frames.done; i++) {
    const line = lines[i]?.trim() ?? "";
    const match = PHP_FRAME.exec(line);
    if (match === null) continue;
    const path = match[1] ?? "";
    const caller = PHP_FRAME.exec(lines[i + 1]?.trim() ?? "")?.[2] ?? "";
    frames.add({
      name: frameName(phpFunction(caller), path.startsWith("[") ? "" : fileName(path)),
      inApp: !PHP_FOREIGN.test(path),
    });
  }
  return { language: "php", exceptionType: phpType(header), firstStackFrame: frames.name, header };
}

function phpFunction(name: string): string {
  return name
    .trim()
    .replace(/^.*\\(?=\{closure)/, "")
    .replace(/\{closure[^}]*\}/, "{closure}");
}

function phpType(line: string): string {
  return (
    /Uncaught (?:exception ')?([A-Za-z_\\]+)/.exec(line)?.[1] ??
    /^(?:Next )?((?:[A-Za-z_]\w*\\)*[A-Z]\w*)(?=:| in )/.exec(line)?.[1] ??
    /((?:[A-Za-z_]\w*\\)*\w*(?:Exception|Error))(?=[:(])/.exec(line)?.[1] ??
    ""
  );
}
