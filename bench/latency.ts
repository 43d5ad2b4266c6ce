import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { startFresh } from "./fresh.ts";
import { quantile } from "./load.ts";
import { seeded } from "./traffic.ts";

/** Times in ms from the moment at which a burst's request is sent. */
export interface LatencyResult {
  samples: number;
  incidentP50: number;
  incidentP95: number;
  slackP50: number;
  slackP95: number;
}

/** Lines of a burst: enough to cross the default threshold of 10. */
const BURST_LINES = 12;

/** A burst whose alert has not come by then has failed. */
const GIVE_UP_MS = 30_000;

/** A stand-in for Slack that notes when a message that holds a burst's words is posted. */
async function slackServer(): Promise<{ server: Server; url: string; posted: Map<string, number> }> {
  const posted = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const words = WORDS.exec(body)?.[0];
      if (words !== undefined && !posted.has(words)) posted.set(words, performance.now());
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ok: true, ts: `${Date.now()}.000100`, channel: "C1" }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, url: `http://127.0.0.1:${address.port}`, posted };
}

/** Of one channel in two minutes, only so many incidents have a message of their own; then they share one. */
const BURSTS_A_TENANT = 5;

const NOUNS = ["refund", "invoice", "shipment", "payment", "checkout", "catalog", "voucher", "search"];
const VERBS = ["export", "import", "renewal", "lookup", "cleanup"];

const WORDS = new RegExp(`(?:${NOUNS.join("|")}) (?:${VERBS.join("|")})`);

/** Words of its own for each burst, of a kind that no template masks: else all bursts were one pattern. */
function wordsOf(sample: number): string {
  const noun = NOUNS[Math.floor(sample / VERBS.length) % NOUNS.length] ?? "";
  return `${noun} ${VERBS[sample % VERBS.length] ?? ""}`;
}

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error("no alert within 30 s");
    await sleep(10);
  }
}

/** Sends bursts one after the other, and takes the time to the incident's row and to the Slack message. */
export async function measureLatency(samples: number): Promise<LatencyResult> {
  const slack = await slackServer();
  const vars = { SLACK_API_URL: slack.url, SLACK_BOT_TOKEN: "xoxb-bench" };
  const fresh = await startFresh("workers/index.ts", vars, Math.ceil(samples / BURSTS_A_TENANT));
  const db = await fresh.system.miniflare.getD1Database("DB");
  const random = seeded(7);
  const incident: number[] = [];
  const message: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const words = wordsOf(sample);
    const logs = Array.from({ length: BURST_LINES }, (_, line) => ({
      level: "ERROR",
      serviceName: "payment-service",
      message: `${words} failed after ${line * 7}ms`,
    }));
    // At any phase of the queues' batching timers.
    await sleep(random() * 1_000);
    const sent = performance.now();
    const answer = await fetch(`${fresh.url}/api/v1/logs`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-api-key": fresh.apiKeys[Math.floor(sample / BURSTS_A_TENANT)] ?? "",
      },
      body: JSON.stringify({ logs }),
    });
    if (answer.status !== 202) throw new Error(`ingest answers ${answer.status}: ${await answer.text()}`);
    const row = db.prepare("SELECT 1 AS found FROM incidents WHERE message_template LIKE ?").bind(`%${words}%`);
    const atRow = until(async () => ((await row.first()) === null ? undefined : performance.now()));
    const atMessage = until(() => slack.posted.get(words));
    incident.push((await atRow) - sent);
    message.push((await atMessage) - sent);
  }
  await fresh.stop();
  slack.server.close();
  return {
    samples,
    incidentP50: quantile(incident, 0.5),
    incidentP95: quantile(incident, 0.95),
    slackP50: quantile(message, 0.5),
    slackP95: quantile(message, 0.95),
  };
}
