export type { SegmentFile } from "./file.ts";
export type { SegmentFilter } from "./filter/location.ts";
export { mergeSegments } from "./merge.ts";
export type { SegmentQuery } from "./query.ts";
export { readSegment, type SegmentRead } from "./read.ts";
export type { PatternStat, SegmentStats } from "./stats.ts";
export { writeSegment } from "./write.ts";
export { type SegmentOptions, SegmentWriter } from "./writer.ts";
