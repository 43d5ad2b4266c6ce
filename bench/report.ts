import type { LatencyResult } from "./latency.ts";
import type { ThroughputResult } from "./pipeline.ts";
import type { TrickleResult } from "./trickle.ts";

const integer = (value: number): string => Math.round(value).toLocaleString("en-US");
const dollars = (value: number): string => `$${value.toFixed(4)}`;

function throughputTable(results: readonly ThroughputResult[]): string[] {
  return [
    "| events a request | accepted/s | stored/s | floor/s | accepted ÷ floor | CPU ms per 1,000 | request p50 / p95 ms | every accepted event stored exactly once |",
    "|---:|---:|---:|---:|---:|---:|---:|---|",
    ...results.map(
      (result) =>
        `| ${integer(result.eventsPerRequest)} | ${integer(result.acceptedPerSecond)} | ${integer(result.storedPerSecond)} | ${integer(result.floor.accepted / result.floor.seconds)} | ${result.ratioToFloor.toFixed(2)} | ${result.cpuMsPerThousand.toFixed(1)} | ${result.load.p50.toFixed(0)} / ${result.load.p95.toFixed(0)} | ${result.exactlyOnce ? `yes (${integer(result.stored.events)})` : `NO: ${integer(result.stored.events)} found, ${integer(result.stored.double)} double`} |`,
    ),
  ];
}

function costTables(results: readonly ThroughputResult[]): string[] {
  const names = results[0]?.cost.rows.map((row) => row.operation) ?? [];
  const cell = (result: ThroughputResult, name: string): string => {
    const row = result.cost.rows.find(({ operation }) => operation === name);
    return row === undefined ? "" : `${integer(row.perGb)} = ${dollars(row.dollarsPerGb)}`;
  };
  return [
    `| per GB of raw logs | ${results.map((result) => `${integer(result.eventsPerRequest)} a request`).join(" | ")} |`,
    `|---|${results.map(() => "---:").join("|")}|`,
    ...names.map((name) => `| ${name} | ${results.map((result) => cell(result, name)).join(" | ")} |`),
    `| **all operations** | ${results.map((result) => `**${dollars(result.cost.dollarsPerGb)}**`).join(" | ")} |`,
    `| CPU time beside them | ${results.map((result) => dollars(result.cpuDollarsPerGb)).join(" | ")} |`,
  ];
}

/** The results as Markdown. */
export function formatReport(
  results: readonly ThroughputResult[],
  latency: LatencyResult | undefined,
  trickle: TrickleResult | undefined,
): string {
  const lines = ["## Throughput", "", ...throughputTable(results), "", "## Cost", "", ...costTables(results)];
  if (latency !== undefined) {
    lines.push(
      "",
      "## From the request to the alert",
      "",
      `| of ${latency.samples} bursts | p50 ms | p95 ms |`,
      "|---|---:|---:|",
      `| incident row | ${integer(latency.incidentP50)} | ${integer(latency.incidentP95)} |`,
      `| Slack message | ${integer(latency.slackP50)} | ${integer(latency.slackP95)} |`,
    );
  }
  if (trickle !== undefined) {
    lines.push(
      "",
      "## Small requests, each alone",
      "",
      `- One line a second: $${trickle.dollarsPerMonth.toFixed(2)} a month.`,
      `- A million requests of one line: $${trickle.dollarsPerMillionRequests.toFixed(2)}.`,
    );
  }
  return `${lines.join("\n")}\n`;
}
