import { BoundedCache, owned } from "../bounded-cache.ts";
import { frameName } from "./frame-names.ts";
import { type Frame, Frames, type StackTrace } from "./types.ts";

/** Packages of the runtime, of containers and of frameworks: their frames lead to the application's or from it. */
const FRAMEWORK =
  /^(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|clojure|akka|play|reactor|rx|io\.reactivex|io\.netty|io\.vertx|io\.micronaut|io\.quarkus|io\.undertow|io\.grpc|io\.opentelemetry|io\.micrometer|org\.springframework|org\.hibernate|org\.apache|org\.eclipse|org\.jboss|org\.wildfly|org\.junit|org\.gradle|org\.slf4j|org\.postgresql|org\.mariadb|org\.h2|org\.aspectj|org\.mockito|org\.glassfish|com\.mysql|com\.zaxxer|com\.fasterxml|com\.google\.common|com\.google\.inject|com\.google\.gson|com\.mongodb|com\.netflix|com\.amazonaws|software\.amazon|okhttp3|retrofit2|redis\.clients|feign|net\.bytebuddy|net\.sf\.cglib|oracle|android|androidx|dalvik|com\.android|worker\.org)\./;

/** Numbers that the compiler, the runtime and proxies put into names. */
const GENERATED: readonly (readonly [RegExp, string])[] = [
  [/\$\$(?:Lambda|EnhancerBy|FastClassBy|SpringCGLIB|Proxy|_)[\w$./]*/g, "$$$$generated"],
  [/\bGeneratedMethodAccessor\d+/g, "GeneratedMethodAccessor"],
  [/\$Proxy\d+/g, "$$Proxy"],
  [/lambda\$(\w+?)\$\d+/g, "lambda$$$1"],
  [/access\$\d+/g, "access$$"],
  [/\$\d+(?=[.$(]|$)/g, "$$"],
];

function generatedStripped(name: string): string {
  if (name.indexOf("$") < 0 && name.indexOf("Generated") < 0) return name;
  return GENERATED.reduce((text, [pattern, by]) => text.replace(pattern, by), name);
}

/** `at com.acme.Orders.place(Orders.java:12)`, also with `loader//` and `module@version/` before the class. */
export function javaFrame(line: string): { name: string; file: string } | undefined {
  const open = line.indexOf("(");
  if (!line.startsWith("at ") || open < 0 || (line.indexOf(" ", 3) < open && line.indexOf(" ", 3) >= 0))
    return undefined;
  const close = line.indexOf(")", open);
  if (close < 0) return undefined;
  const place = line.slice(open + 1, close);
  if (!/^(?:[\w$-]+\.(?:java|kt|kts|scala|groovy|clj)(?::-?\d+)?|Native Method|Unknown Source|<\w+>)$/.test(place))
    return undefined;
  const path = line.slice(3, open);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.includes(".") ? { name, file: place } : undefined;
}

function sourceOf(place: string): string {
  const colon = place.indexOf(":");
  const file = colon < 0 ? place : place.slice(0, colon);
  return /^[\w$-]+\.\w+$/.test(file) ? file : "";
}

/** `com.acme.OrderException: message` → the type; empty when the line names none. */
export function javaType(header: string): string {
  const line = header.replace(/^Exception in thread "[^"]*" /, "");
  const match = /^(?:[\w$]+\.)*[A-Z_$][\w$]*(?=:|$|\s)/.exec(line);
  return generatedStripped(match?.[0] ?? lastType(line));
}

/** The type behind a log prefix: the last qualified name of an exception in the line. */
function lastType(line: string): string {
  const match = /(?:^|\s)((?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Failure|Fault)[\w$]*)/.exec(line);
  return match?.[1] ?? "";
}

const CAUSE = "Caused by: ";

/** The type stands at most so many lines above the first frame, where a message has several. */
const HEADER_LINES = 50;

/** Java, Kotlin, Scala: the last `Caused by:` is the root cause. */
export function parseJava(lines: readonly string[], firstFrame: number): StackTrace {
  let header = "";
  for (let i = firstFrame - 1; i >= 0 && i > firstFrame - HEADER_LINES && header === ""; i--) {
    const line = lines[i]?.trim() ?? "";
    if (javaType(line) !== "") header = line;
  }
  if (header === "") header = lines[Math.max(0, firstFrame - 1)]?.trim() ?? "";
  let root = -1;
  for (let i = lines.length - 1; i > firstFrame && root < 0; i--) if (lines[i]?.startsWith(CAUSE)) root = i;
  const frames = framesOf(lines, root < 0 ? firstFrame : root + 1);
  // A root cause whose frames are all elided or foreign is placed by the exceptions that wrap it.
  const outer = frames.done || root < 0 ? frames : framesOf(lines, firstFrame);
  const thrown = javaType(header);
  const cause = root < 0 ? "" : javaType(lines[root]?.slice(CAUSE.length) ?? "");
  const parsed = { language: "java" as const, firstStackFrame: (outer.done ? outer : frames).name, header };
  return cause === "" ? { ...parsed, exceptionType: thrown } : { ...parsed, exceptionType: cause, rootCause: cause };
}

/** Characters of frames kept in each of two generations: traces differ in their messages, hardly in their frames. */
const FRAME_CHARACTERS = 500_000;

const frameCache = new BoundedCache<Frame>(FRAME_CHARACTERS);

const NO_FRAME: Frame = { name: "", inApp: false };

function readFrame(line: string): Frame {
  const frame = javaFrame(line.trim());
  if (frame === undefined) return NO_FRAME;
  const generated = frame.name.includes("$$") || frame.name.includes("GeneratedMethodAccessor");
  const name = owned(frameName(generatedStripped(frame.name), sourceOf(frame.file)));
  return { name, inApp: !generated && !FRAMEWORK.test(frame.name) };
}

function framesOf(lines: readonly string[], from: number): Frames {
  const frames = new Frames();
  for (let i = from; i < lines.length && !frames.done; i++) {
    const line = lines[i] ?? "";
    if (line.startsWith(CAUSE)) break;
    let frame = frameCache.get(line);
    if (frame === undefined) {
      frame = readFrame(line);
      frameCache.set(line, frame, frame.name.length);
    }
    if (frame !== NO_FRAME) frames.add(frame);
  }
  return frames;
}
