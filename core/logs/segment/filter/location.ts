import type { FileMetaData, KeyValue } from "hyparquet";
import * as z from "zod";

const location = z
  .object({
    /** Offset of its first byte in the file. */
    offset: z.int().min(4),
    /** Bytes; the footer follows. */
    length: z.int().positive(),
    /** Blocks of equal length. */
    blocks: z.int().positive(),
  })
  .refine(({ length, blocks }) => length % blocks === 0);

/** Where the filter of a segment is in its file. */
export type SegmentFilter = z.infer<typeof location>;

/** The key of the file's metadata under which the location is, as JSON. */
const KEY = "log0.filter";

export function filterMetadata(filter: SegmentFilter): KeyValue {
  return { key: KEY, value: JSON.stringify(filter) };
}

/** Where the index says that the filter is; undefined when it says nothing, or nothing that can be right. */
export function filterIn({ filter, byteLength }: { filter?: SegmentFilter | undefined; byteLength: number }) {
  const { data } = location.safeParse(filter);
  return data && data.offset + data.length < byteLength ? data : undefined;
}

/** Where the footer says that the filter is, with the same reserve. */
export function filterOf(metadata: FileMetaData, byteLength: number): SegmentFilter | undefined {
  const value = metadata.key_value_metadata?.find(({ key }) => key === KEY)?.value;
  if (value === undefined) return undefined;
  try {
    return filterIn({ filter: JSON.parse(value), byteLength });
  } catch {
    return undefined;
  }
}
