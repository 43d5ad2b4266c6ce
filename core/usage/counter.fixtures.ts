import type { Section } from "../../schema/contracts/envelope.ts";

/** A chunk of ten events, 1,000 bytes and one request, of the source `a`. */
export function sectionWith(change: Partial<Section> = {}): Section {
  const sizes = { count: 10, rawBytes: 1_000, bodyBytes: 1, digestBytes: 0 };
  return {
    chunkId: "01890000-0000-7000-8000-000000000000",
    receivedAt: 0,
    sourceId: "a",
    requests: 1,
    ...sizes,
    ...change,
  };
}
