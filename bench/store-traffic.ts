import { hex, pick, seeded } from "./traffic.ts";

export const RARE_WORD = "xylophonequartz";
export const ABSENT_WORD = "neverwrittenanywhere";
export const PHRASE = "pool exhausted";

const SERVICES = ["payment-service", "checkout", "inventory", "auth", "search", "mailer", "gateway", "billing"];
const LEVELS = ["ERROR", "WARN", "INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG"];
const WORDS = (
  "request response user order session cart invoice shipment token index cache worker job queue topic partition " +
  "lease lock shard replica leader follower snapshot backup upload download retry timeout limit quota policy rule " +
  "started stopped failed created deleted updated moved expired refreshed rejected accepted queued flushed merged"
).split(" ");

type Slot = (random: () => number) => string;
const SLOTS: readonly Slot[] = [
  (random) => hex(random, 8),
  (random) => String(Math.floor(random() * 1e6)),
  (random) => `10.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`,
  (random) => `${Math.floor(random() * 2_000)}ms`,
  (random) => `/api/v1/${pick(random, WORDS)}/${Math.floor(random() * 1e5)}`,
];

interface Template {
  service: string;
  level: string;
  parts: (string | Slot)[];
}

/** A seeded model of what eight services log: 300 templates with skewed counts, over one day. */
export class StoreTraffic {
  private readonly now: number;
  private readonly lines: number;
  private readonly templates: Template[];

  constructor(now: number, lines: number) {
    this.now = now;
    this.lines = lines;
    const random = seeded(42);
    this.templates = Array.from({ length: 300 }, (_, number) => ({
      service: pick(random, SERVICES),
      level: pick(random, LEVELS),
      parts: Array.from({ length: 6 + Math.floor(random() * 8) }, (_, part) =>
        part % 3 === 2 ? pick(random, SLOTS) : number === 77 && part === 0 ? PHRASE : pick(random, WORDS),
      ),
    }));
  }

  /** A trace id of a line in the middle. */
  someTraceId(): string {
    return this.traceId(Math.floor(this.lines / 2));
  }

  /** Lines of one request share a trace id, three at a time. */
  private traceId(line: number): string {
    return hex(seeded(Math.floor(line / 3) * 2_654_435_761), 32);
  }

  private line(line: number, random: () => number): string {
    // Squared: a few templates make most of the lines, as in real logs.
    const template = this.templates[Math.floor(random() ** 2 * this.templates.length)];
    if (template === undefined) throw new Error("no template");
    const words = template.parts.map((part) => (typeof part === "string" ? part : part(random)));
    if (line === Math.floor(this.lines / 3)) words.push(RARE_WORD);
    const at = this.now - 86_400_000 + Math.floor((line / this.lines) * 86_400_000);
    return JSON.stringify({
      timestamp: new Date(at).toISOString(),
      level: template.level,
      serviceName: template.service,
      environment: "production",
      message: words.join(" "),
      traceId: this.traceId(line),
      attributes: { pod: `${template.service}-${Math.floor(random() * 6)}`, latency_ms: Math.floor(random() * 900) },
      ...(template.level === "ERROR" && random() < 0.2 ? { trace: trace(template.service, random) } : {}),
    });
  }

  /** NDJSON of `size` lines at a time. Every call makes the same lines. */
  *batches(lines: number, size: number): Generator<string> {
    const random = seeded(7);
    for (let begin = 0; begin < lines; begin += size) {
      let text = "";
      for (let line = begin; line < Math.min(lines, begin + size); line++) text += `${this.line(line, random)}\n`;
      yield text;
    }
  }
}

function trace(service: string, random: () => number): string {
  const frames = Array.from(
    { length: 12 },
    (_, depth) =>
      `\tat com.acme.${service.replace("-", "")}.Layer${depth}.call(Layer${depth}.java:${Math.floor(random() * 300)})`,
  );
  return `java.lang.IllegalStateException: state ${Math.floor(random() * 1e5)}\n${frames.join("\n")}`;
}
