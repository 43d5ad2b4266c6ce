import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { mergeSegments, type SegmentFile, writeSegment } from "./index.ts";
import { fileOf, row } from "./segment.fixtures.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

/** Bytes that are in use, on the heap and in buffers. */
function bytesInUse(): number {
  if (typeof collectGarbage === "function") collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const ROWS = 4_500;
let rawBytes = 0;

/** A segment of 2 MB of raw lines, as a tenant with few logs has one of each hour. */
function hourly(hour: number): SegmentFile {
  const rows = Array.from({ length: ROWS }, (_, index) =>
    row({
      chunkId: `chunk ${hour}`,
      index,
      timestamp: hour * 3_600_000 + index,
      message: `request ${index} of user ${(index * 7919 + hour) % 5_000} took ${index % 900} ms, attempt ${hour}`,
      template: `request <number> of user <number> took ${index % 40}`,
      trace: `Error: timeout\n${"\tat com.acme.payment.PaymentService.charge(PaymentService.java:17)\n".repeat(4)}${index}`,
    }),
  );
  rawBytes += JSON.stringify(rows).length;
  return fileOf(writeSegment(rows, { gzipLevel: 1, filter: false }).bytes);
}

/**
 * What leaves room for the code in an isolate's 128 MB. 65 to 81 MB were measured; holding all inputs inflated would
 * take several hundred.
 */
const MAX_BYTES = 112_000_000;

it("a merge of 64 segments with 130 MB of raw lines stays within an isolate's memory", async () => {
  const files = Array.from({ length: 64 }, (_, hour) => hourly(hour));
  expect(rawBytes).toBeGreaterThan(128_000_000);
  const before = bytesInUse();
  let most = 0;
  let bytes = 0;
  const { stats } = await mergeSegments(files, (part) => {
    bytes += part.length;
    most = Math.max(most, bytesInUse() - before);
  });
  expect(stats.rows).toBe(files.length * ROWS);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(most).toBeLessThan(MAX_BYTES);
}, 120_000);
