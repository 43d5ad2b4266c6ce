import type { StoreResult } from "./store.ts";

const integer = (value: number): string => Math.round(value).toLocaleString("en-US");
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const ms = (value: number | undefined): string => (value === undefined ? "" : integer(value));

/** The results as Markdown. */
export function formatStoreReport(result: StoreResult): string {
  const part = (bytes: number): string => (bytes / result.rawBytes).toFixed(3);
  return [
    `## ${integer(result.lines)} lines in the store`,
    "",
    "| | bytes | of the raw NDJSON |",
    "|---|---:|---:|",
    `| raw NDJSON | ${mb(result.rawBytes)} | 1 |`,
    `| gzip -6 | ${mb(result.gzipBytes)} | ${part(result.gzipBytes)} |`,
    `| ${integer(result.segments)} segments as flushed, filters included | ${mb(result.segmentBytes)} | ${part(result.segmentBytes)} |`,
    `| ${integer(result.mergedSegments)} segments after merging | ${mb(result.mergedBytes)} | ${part(result.mergedBytes)} |`,
    "",
    `Written and stored at ${integer(result.writePerSecond)} lines/s; merged in ${result.mergeSeconds.toFixed(1)} s; the whole workerd process peaked at ${integer(result.peakMemoryMb)} MB.`,
    "",
    "| question | found | p50 ms | p95 ms | bytes read | of the stored | zgrep ms | DuckDB ms |",
    "|---|---:|---:|---:|---:|---:|---:|---:|",
    ...result.queries.map(
      (query) =>
        `| ${query.name} | ${integer(query.found)} | ${ms(query.p50)} | ${ms(query.p95)} | ${mb(query.bytesRead)} | ${(100 * query.partRead).toFixed(1)} % | ${ms(query.zgrepMs)} | ${ms(query.duckdbMs)} |`,
    ),
    "",
  ].join("\n");
}
