import type { Miniflare } from "miniflare";
import * as z from "zod";
import { readSegment } from "../core/logs/segment/index.ts";

const HotChunks = z.array(z.object({ chunkId: z.string(), count: z.int(), skipped: z.int() }));

export interface StoredCount {
  events: number;
  /** Events that lie in the store more than once. */
  double: number;
  segments: number;
  segmentBytes: number;
}

/** Counts what is stored, each event by its id: the rows of every segment in R2, and the chunks of the hot buffer. */
export async function countStored(miniflare: Miniflare, url: string, tenantId: string): Promise<StoredCount> {
  const bucket = await miniflare.getR2Bucket("BUCKET");
  const perChunk = new Map<string, Uint8Array>();
  const result = { events: 0, double: 0, segments: 0, segmentBytes: 0 };
  const add = (chunkId: string, index: number): void => {
    let seen = perChunk.get(chunkId);
    if (seen === undefined) {
      seen = new Uint8Array(8192);
      perChunk.set(chunkId, seen);
    }
    const bit = 1 << (index & 7);
    const byte = seen[index >> 3] ?? 0;
    if ((byte & bit) !== 0) result.double++;
    else result.events++;
    seen[index >> 3] = byte | bit;
  };
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: `logs/${tenantId}/`, ...(cursor === undefined ? {} : { cursor }) });
    for (const { key, size } of page.objects) {
      const object = await bucket.get(key);
      if (object === null) continue;
      const bytes = await object.arrayBuffer();
      result.segments++;
      result.segmentBytes += size;
      const file = {
        byteLength: bytes.byteLength,
        slice: async (start: number, end?: number) => bytes.slice(start, end),
      };
      for await (const row of readSegment(file, {})) add(row.chunkId, row.index);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  const answer = await fetch(`${url}/__bench/hot?tenant=${tenantId}&shard=0`);
  for (const chunk of HotChunks.parse(await answer.json())) {
    for (let index = 0; index < chunk.count; index++) add(chunk.chunkId, index);
  }
  return result;
}
