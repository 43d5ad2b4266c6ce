import { fileName, frameName } from "./frame-names.ts";
import { Frames, type StackTrace } from "./types.ts";

/** Go: the runtime, the standard library (its paths have no dot in the first element) and modules of others. */
const GO_FOREIGN =
  /^(?:runtime|runtime\/\w+|panic|testing|net|net\/\w+|reflect|sync|syscall|internal\/[\w/]+|encoding\/\w+|database\/sql|io|os|time|context|fmt|errors|bufio|bytes|strings|sort|log|log\/slog|crypto\/\w+|golang\.org\/x\/[\w/.-]+)\.|^created by (?:runtime|net\/http)\./;

const GO_MODULES = /\/pkg\/mod\/|\/go\/src\/|\/usr\/local\/go\/|\/vendor\//;

/** `main.(*Server).handle.func1(0xc000…)` → `main.(*Server).handle`: arguments, closures and type parameters vary. */
function goFunction(line: string): string {
  const open = line.endsWith(")") ? line.lastIndexOf("(") : -1;
  const name = open > 0 ? line.slice(0, open) : line;
  const path = name.slice(name.lastIndexOf("/") + 1);
  return path.replace(/\[\.\.\.\]/g, "").replace(/(?:\.func\d+|\.\d+|-fm|\.gowrap\d+)+$/, "");
}

const isGoFrame = (line: string): boolean => /^[\w./@~%*()\-[\]·]+\(.*\)$/.test(line) && line.includes(".");

/** Go panics. The frames of the goroutine that panicked follow its header; the panic machinery is on top. */
export function parseGo(lines: readonly string[], start: number): StackTrace {
  const frames = new Frames();
  for (let i = start + 1; i < lines.length && !frames.done; i++) {
    const line = lines[i]?.trim() ?? "";
    if (line === "" && i > start + 1) break;
    if (!isGoFrame(line)) continue;
    const place = lines[i + 1]?.trim() ?? "";
    const file = place.replace(/:\d+(?: \+0x[0-9a-f]+)?$/, "");
    const foreign = GO_FOREIGN.test(line) || GO_MODULES.test(place) || line.startsWith("panic(");
    frames.add({ name: frameName(goFunction(line), file.includes(".go") ? fileName(file) : ""), inApp: !foreign });
  }
  let header = "";
  for (let i = 0; i < start && header === ""; i++) {
    const line = lines[i]?.trim() ?? "";
    if (/(?:^|\s)(?:panic|fatal error): /.test(line)) header = line;
  }
  if (header === "") header = lines[0]?.trim() ?? "";
  return { language: "go", exceptionType: goType(header), firstStackFrame: frames.name, header };
}

/** A panic has no type; what is panicked with has: runtime errors, signals, `main.MyErr{…}`, `*errors.errorString`. */
function goType(header: string): string {
  const text = /(?:panic|fatal error): (.*)$/.exec(header)?.[1];
  if (text === undefined) return "";
  if (header.includes("fatal error: ")) return "fatal error";
  if (text.startsWith("runtime error: ")) return "runtime error";
  return /^&?(\*?[a-z]\w*(?:\.\w+)+)[{(]/.exec(text)?.[1] ?? "panic";
}

const RUST_FOREIGN =
  /^<?(?:std|core|alloc|rust_begin_unwind|__rust|_start|__libc|tokio|futures|hyper|tower|actix|axum|rayon|backtrace|panic_unwind)(?:::|$|_)|^<(?:std|core|alloc|tokio|futures|hyper|tower|axum)|^(?:main|clone|start_thread|_main|__\w+)$/;

/** `thread 'main' panicked at src/main.rs:10:5:` (since 1.73) or `panicked at 'message', src/main.rs:10:5`. */
const RUST_PANIC = /panicked at (?:'.*', )?([^\s',]+?\.rs):\d+:\d+/;

export function parseRust(lines: readonly string[], at: number): StackTrace {
  const place = lines[at]?.trim() ?? "";
  const frames = new Frames();
  for (let i = at + 1; i < lines.length && !frames.done; i++) {
    const match = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(\S.*)$/.exec(lines[i] ?? "");
    if (match === null) continue;
    const name = (match[1] ?? "").replace(/::h[0-9a-f]{16}$/, "").replace(/(?:::\{\{closure\}\})+$/, "");
    const file = /^\s+at (.*?\.rs)/.exec(lines[i + 1] ?? "")?.[1] ?? "";
    const foreign = RUST_FOREIGN.test(name) || /^\/rustc\/|\/\.cargo\/|\/rustlib\//.test(file);
    frames.add({ name: frameName(name, fileName(file)), inApp: !foreign });
  }
  const panicked = RUST_PANIC.exec(place)?.[1] ?? "";
  // Since 1.73 the message stands on the line below the place.
  const header = place.endsWith(":") ? (lines[at + 1]?.trim() ?? "") : place;
  return {
    language: "rust",
    exceptionType: "panic",
    firstStackFrame: frames.done ? frames.name : fileName(panicked),
    header,
  };
}

/** The runtime, its frameworks and test runners. */
const DOTNET_FOREIGN =
  /^(?:System|Microsoft|MS|Mono|Newtonsoft|Npgsql|MySql|StackExchange|Grpc|Serilog|NLog|Xunit|NUnit|MediatR|Autofac|Castle|Polly|Dapper|lambda_method)[.(]|^lambda_method/;

/** `at Acme.Orders.Place(Order order) in /src/Orders.cs:line 12`. */
const DOTNET_FRAME = /^at ([\w.<>`+$[\],|]+)\(([^)]*)\)(?: in (.+):line \d+)?$/;

export function isDotnetFrame(line: string): boolean {
  return (
    line.startsWith("at ") &&
    (line.includes(":line ") || /\((?:\w[\w.`[\]<>&*?,]* \w+(?:, )?)*\)$/.test(line)) &&
    DOTNET_FRAME.test(line)
  );
}

/** State machines, closures and generics carry numbers: `<PlaceAsync>d__4.MoveNext` is `PlaceAsync`. */
function dotnetFunction(name: string): string {
  return name
    .replace(/\.MoveNext$/, "")
    .replace(/[.+]?<>c(?:__DisplayClass\d+_\d+)?/g, "")
    .replace(/[.+]?<(\w*)>[bdg]__[\w|]+/g, ".$1")
    .replace(/`\d+/g, "")
    .replace(/\[[^\]]*\]/g, "");
}

/** .NET: ` ---> ` names inner exceptions, whose frames come first, up to `--- End of inner exception`. */
export function parseDotnet(lines: readonly string[], firstFrame: number): StackTrace {
  const frames = new Frames();
  for (let i = firstFrame; i < lines.length && !frames.done; i++) {
    const match = DOTNET_FRAME.exec(lines[i]?.trim() ?? "");
    if (match === null) continue;
    const name = match[1] ?? "";
    frames.add({ name: frameName(dotnetFunction(name), fileName(match[3] ?? "")), inApp: !DOTNET_FOREIGN.test(name) });
  }
  const head = lines.slice(0, firstFrame).map((line) => line.trim());
  const named = head.findIndex((line) => dotnetType(line) !== "");
  const header = head[Math.max(0, named)] ?? "";
  let cause = "";
  for (const line of head) for (const part of line.split(" ---> ").slice(1)) cause = dotnetType(part) || cause;
  for (const line of head) if (line.startsWith("---> ")) cause = dotnetType(line.slice(5)) || cause;
  const parsed = { language: "dotnet" as const, firstStackFrame: frames.name, header };
  return cause === ""
    ? { ...parsed, exceptionType: dotnetType(header) }
    : { ...parsed, exceptionType: cause, rootCause: cause };
}

function dotnetType(text: string): string {
  return (
    /(?:^|\s)((?:[A-Z]\w*\.)+[A-Z]\w*(?:`\d+)?)(?=:|\s\(|$)/.exec(text)?.[1]?.replace(/`\d+$/, "") ??
    /^(\w+Exception)(?=:|$)/.exec(text)?.[1] ??
    ""
  );
}
