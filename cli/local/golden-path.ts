import { pick, type Random, seededRandom } from "./random.ts";

// The story that `npm start` plays: for three minutes the payment gateway answers nobody, and three pods say so 2,400
// times, while four other services go on as usual.

/** Lines of payment-service about one cause, which have to become one incident. */
export const STORM_LINES = 2_400;
export const STORM_SERVICE = "payment-service";
export const STORM_PODS = 3;

/** Lines of each other service. */
const ORDINARY_LINES = 400;

/** Their warnings, two of each kind: however often the story is played within a window, far from a threshold of 10. */
const WARNINGS_OF_A_KIND = 2;

export const STORY_MS = 3 * 60_000;

/** An agent sends what has gathered, in the order of time. */
const BATCH_LINES = 100;

/** A log event as a client sends it to `POST /api/v1/logs`. */
export interface StoryLine {
  timestamp: string;
  level: "INFO" | "WARN" | "ERROR";
  message: string;
  trace?: string;
  attributes: { pod: string; requestId: string };
}

/** What one agent sends in one request: lines of one pod, in the order of time. */
export interface Batch {
  serviceName: string;
  lines: StoryLine[];
}

export interface Story {
  /** In the order in which they would arrive. */
  batches: Batch[];
  /** Lines in all. */
  lines: number;
  /** Unix ms of the first and the last line. */
  from: number;
  to: number;
}

interface Service {
  name: string;
  info: readonly ((random: Random) => string)[];
  warn: readonly ((random: Random) => string)[];
}

const ORDINARY: readonly Service[] = [
  {
    name: "checkout",
    info: [
      (random) => `Order ${order(random)} placed, ${between(random, 1, 9)} items`,
      (random) => `Cart ${hex(random, 8)} priced in ${between(random, 4, 60)}ms`,
      (random) => `GET /checkout/${order(random)} 200 ${between(random, 8, 120)}ms`,
    ],
    warn: [(random) => `Cart ${hex(random, 8)} expired before checkout`],
  },
  {
    name: "inventory",
    info: [
      (random) => `Reserved ${between(random, 1, 5)} of SKU-${between(random, 10_000, 99_999)}`,
      (random) => `Stock synchronized: ${between(random, 200, 900)} articles in ${between(random, 100, 900)}ms`,
    ],
    warn: [
      (random) => `Stock of SKU-${between(random, 10_000, 99_999)} is low: ${between(random, 1, 9)} left`,
      (random) => `Warehouse feed is ${between(random, 61, 90)}s behind`,
    ],
  },
  {
    name: "auth",
    info: [
      (random) =>
        `User ${between(random, 1_000, 9_999)} signed in from 10.${between(random, 0, 9)}.7.${between(random, 1, 254)}`,
      (random) => `Token ${hex(random, 12)} refreshed`,
    ],
    warn: [(random) => `Wrong password for user ${between(random, 1_000, 9_999)}`],
  },
  {
    name: "search",
    info: [
      (random) => `Query took ${between(random, 3, 80)}ms, ${between(random, 0, 400)} hits`,
      (random) => `Index refreshed: ${between(random, 10, 500)} documents in ${between(random, 20, 300)}ms`,
    ],
    warn: [(random) => `Slow query: ${between(random, 1_000, 2_500)}ms`],
  },
];

/**
 * The story, the same for the same seed.
 *
 * @param endsAt Unix ms of its end; it begins STORY_MS earlier
 * @param seed tells apart the stories of one database: request ids repeat with it
 */
export function goldenPath(seed: number, endsAt: number): Story {
  const random = seededRandom(seed);
  const agents: Batch[] = [];
  for (let pod = 0; pod < STORM_PODS; pod++) agents.push(stormPod(random, endsAt));
  for (const service of ORDINARY) agents.push(ordinaryPod(random, service, endsAt));
  const run = hex(random, 8);
  let number = 0;
  for (const { lines } of agents) {
    lines.sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
    // Not at random, so that no two lines of a run share one: what is stored twice, or not at all, shows.
    for (const line of lines) line.attributes.requestId = `${run}-${String(number++).padStart(5, "0")}`;
  }
  const batches = agents.flatMap(inBatches).sort((a, b) => sentAt(a) - sentAt(b));
  const times = batches.flatMap(({ lines }) => lines.map((line) => Date.parse(line.timestamp)));
  return {
    batches,
    lines: times.length,
    from: times.reduce((least, time) => Math.min(least, time), endsAt),
    to: times.reduce((most, time) => Math.max(most, time), 0),
  };
}

function stormPod(random: Random, endsAt: number): Batch {
  const pod = podName(random, STORM_SERVICE);
  const lines = Array.from({ length: STORM_LINES / STORM_PODS }, (): StoryLine => {
    const ms = between(random, 30_000, 30_150);
    return {
      timestamp: moment(random, endsAt),
      level: "ERROR",
      message: `Connection timeout to payment-gateway after ${ms}ms`,
      trace: timeoutTrace(random, ms),
      attributes: { pod, requestId: "" },
    };
  });
  return { serviceName: STORM_SERVICE, lines };
}

/** What the JVM prints: the numbers that differ from pod to pod, build to build and call to call differ here too. */
function timeoutTrace(random: Random, ms: number): string {
  const line = (from: number) => from + between(random, 0, 40);
  const lambda = `${between(random, 100, 999)}/0x${hex(random, 16)}`;
  return [
    `com.acme.payment.gateway.GatewayTimeoutException: No answer from payment-gateway within ${ms}ms on HttpConnection@${hex(random, 8)}`,
    `\tat com.acme.payment.gateway.PaymentGatewayClient.call(PaymentGatewayClient.java:${line(180)})`,
    `\tat com.acme.payment.gateway.PaymentGatewayClient.lambda$authorize$${between(random, 0, 9)}(PaymentGatewayClient.java:${line(90)})`,
    `\tat com.acme.payment.gateway.PaymentGatewayClient$$Lambda$${lambda}.get(Unknown Source)`,
    `\tat io.github.resilience4j.retry.Retry.lambda$decorateSupplier$2(Retry.java:${line(200)})`,
    `\tat com.acme.payment.PaymentService.authorize(PaymentService.java:${line(60)})`,
    `\tat com.acme.payment.api.PaymentController.pay(PaymentController.java:${line(30)})`,
    `\tat jdk.internal.reflect.GeneratedMethodAccessor${between(random, 10, 99)}.invoke(Unknown Source)`,
    `\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:${line(1_000)})`,
    `\tat java.base/java.lang.Thread.run(Thread.java:${line(800)})`,
    `Caused by: java.net.SocketTimeoutException: Connect timed out after ${ms}ms`,
    `\tat java.base/sun.nio.ch.NioSocketImpl.timedFinishConnect(NioSocketImpl.java:${line(520)})`,
    `\tat java.base/java.net.Socket.connect(Socket.java:${line(580)})`,
    `\tat com.acme.payment.gateway.GatewayConnection.open(GatewayConnection.java:${line(40)})`,
    `\tat com.acme.payment.gateway.PaymentGatewayClient.call(PaymentGatewayClient.java:${line(170)})`,
    `\t... ${between(random, 20, 60)} more`,
  ].join("\n");
}

function ordinaryPod(random: Random, service: Service, endsAt: number): Batch {
  const pod = podName(random, service.name);
  const warnings = service.warn.flatMap((text) => Array.from({ length: WARNINGS_OF_A_KIND }, () => text));
  const lines = Array.from({ length: ORDINARY_LINES }, (_, index): StoryLine => {
    const warning = warnings[index];
    return {
      timestamp: moment(random, endsAt),
      level: warning === undefined ? "INFO" : "WARN",
      message: (warning ?? pick(random, service.info))(random),
      attributes: { pod, requestId: "" },
    };
  });
  return { serviceName: service.name, lines };
}

function inBatches({ serviceName, lines }: Batch): Batch[] {
  return Array.from({ length: Math.ceil(lines.length / BATCH_LINES) }, (_, index) => ({
    serviceName,
    lines: lines.slice(index * BATCH_LINES, (index + 1) * BATCH_LINES),
  }));
}

/** An agent sends a batch when its last line is written. */
const sentAt = ({ lines }: Batch) => Date.parse(lines.at(-1)?.timestamp ?? "");

const moment = (random: Random, endsAt: number) => new Date(endsAt - between(random, 1, STORY_MS)).toISOString();
const podName = (random: Random, service: string) => `${service}-${hex(random, 9)}-${hex(random, 5)}`;
const order = (random: Random) => `ORD-${between(random, 100_000, 999_999)}`;

/** A whole number, both ends included. */
const between = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from + 1));
const hex = (random: Random, digits: number) =>
  Array.from({ length: digits }, () => between(random, 0, 15).toString(16)).join("");
