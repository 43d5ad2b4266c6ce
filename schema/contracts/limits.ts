/** The limits of a log event and of an ingest request (DESIGN.md, "Contracts"). Characters are UTF-16 code units. */
export const LIMITS = {
  messageCharacters: 10_000,
  traceCharacters: 100_000,
  levelCharacters: 20,
  /** Service, environment, trace id and client event id: long enough for any real name, short enough for an index. */
  nameCharacters: 200,
  /** Attributes of one event, as JSON. */
  attributesCharacters: 32_000,
  requestBytes: 5 * 1024 * 1024,
  decompressedBytes: 50 * 1024 * 1024,
  eventsPerRequest: 10_000,
  /** Event ids listed in a 202. */
  eventIdsInResponse: 100,
  /** Rejections listed in a 202; the rest is counted. */
  rejectionsInResponse: 1_000,
} as const;
