import { Agent, request } from "node:http";
import type { Traffic } from "./traffic.ts";

export interface LoadResult {
  seconds: number;
  requests: number;
  /** Events that were answered with 202. */
  accepted: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Request latencies in ms. */
  p50: number;
  p95: number;
}

/** The q-quantile (0 to 1) of values; 0 of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

function post(
  agent: Agent,
  url: URL,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends requests over loopback from `connections` connections for `seconds`, each as soon as its last is answered. */
export async function load(
  target: { url: string; apiKey: string },
  traffic: Traffic,
  options: { seconds: number; connections: number },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const url = new URL(target.url);
  if (url.hostname !== "127.0.0.1") throw new Error("load goes to loopback only");
  const headers = { "content-type": "application/json", "x-api-key": target.apiKey };
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  let accepted = 0;
  let next = 0;
  const begun = performance.now();
  const until = begun + options.seconds * 1000;
  const connection = async (): Promise<void> => {
    while (performance.now() < until) {
      const body = traffic.bodies[next++ % traffic.bodies.length] ?? "";
      const at = performance.now();
      const { status, text } = await post(agent, url, headers, body);
      latencies.push(performance.now() - at);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 202) {
        const received = /"received":(\d+)/.exec(text)?.[1];
        accepted += Number(received ?? 0);
      }
    }
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return {
    seconds,
    requests: latencies.length,
    accepted,
    statuses,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
  };
}
