/** Logs a request in a benchmark, made once and sent many times: the generator must not be what is measured. */
export interface Traffic {
  bodies: string[];
  eventsPerRequest: number;
  /** Mean bytes of the JSON of one event. */
  bytesPerEvent: number;
}

const SERVICES = ["payment-service", "checkout", "inventory", "auth", "search"];
const SUBJECTS = ["order", "session", "cart", "invoice", "shipment", "token", "index", "cache"];
const VERBS = [
  "created",
  "loaded",
  "rejected",
  "expired",
  "retried",
  "queued",
  "moved",
  "checked",
  "released",
  "signed",
];

/** A linear congruential generator (Numerical Recipes' constants): the same seed gives the same traffic everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function pick<T>(random: () => number, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

export function hex(random: () => number, length: number): string {
  let text = "";
  while (text.length < length) text += Math.floor(random() * 16).toString(16);
  return text;
}

/** 5 services × 16 shapes: about 80 fingerprints. 40 % are WARN and worse, 1 in 20 has a stack trace. */
function event(random: () => number, timestamp: number, traceId: string): Record<string, unknown> {
  const serviceName = pick(random, SERVICES);
  const shape = Math.floor(random() * 16);
  const subject = SUBJECTS[shape % SUBJECTS.length];
  const verb = VERBS[shape % VERBS.length];
  const level = shape < 6 ? (shape < 3 ? "ERROR" : "WARN") : shape < 12 ? "INFO" : "DEBUG";
  const message = `${subject} ${hex(random, 12)} ${verb} for user ${Math.floor(random() * 1e6)} from 10.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.7 in ${Math.floor(random() * 900)}ms, attempt ${Math.floor(random() * 9)} of 9`;
  return {
    timestamp: new Date(timestamp).toISOString(),
    level,
    serviceName,
    environment: "production",
    message,
    traceId,
    ...(level === "ERROR" && random() < 0.25 ? { trace: stackTrace(random, serviceName) } : {}),
  };
}

function stackTrace(random: () => number, service: string): string {
  const line = (): number => Math.floor(random() * 400);
  return `java.net.SocketTimeoutException: Read timed out\n\tat com.acme.${service.replace("-", "")}.Client.call(Client.java:${line()})\n\tat com.acme.web.Handler.handle(Handler.java:${line()})\n\tat java.base/java.lang.Thread.run(Thread.java:833)`;
}

/** @param pool how many distinct events are made; each request takes the next ones */
export function makeTraffic(eventsPerRequest: number, pool: number, now: number): Traffic {
  const random = seeded(eventsPerRequest);
  const bodies: string[] = [];
  let bytes = 0;
  let traceId = hex(random, 32);
  for (let made = 0; made < pool; made += eventsPerRequest) {
    const logs = Array.from({ length: eventsPerRequest }, () => {
      // A request of the traced application logs three lines or so.
      if (random() < 1 / 3) traceId = hex(random, 32);
      return event(random, now - Math.floor(random() * 60_000), traceId);
    });
    for (const log of logs) bytes += JSON.stringify(log).length + 1;
    bodies.push(JSON.stringify(eventsPerRequest === 1 ? logs[0] : { logs }));
  }
  return { bodies, eventsPerRequest, bytesPerEvent: bytes / (bodies.length * eventsPerRequest) };
}
