export type { SegmentFile } from "./file.ts";
export type { SegmentQuery } from "./query.ts";
export { readSegment, type SegmentRead } from "./read.ts";
export type { PatternStat, SegmentStats } from "./stats.ts";
export { type SegmentOptions, writeSegment } from "./write.ts";
