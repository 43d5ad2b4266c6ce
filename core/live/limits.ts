/** The limits of the live tail. An isolate has 128 MB, which LiveTail may share with other objects. */
export const LIVE_LIMITS = {
  /** Sockets of one tenant. Each costs a filter and what it has not acknowledged. */
  sockets: 500,
  /** Logs a second that one socket is shown: more than anyone reads; what is above is sampled. */
  logsPerSecond: 200,
  /** Bytes a second that one socket is shown, so that stack traces cannot stand in for lines. */
  bytesPerSecond: 256 * 1024,
  /** Bytes a second that all sockets of a tenant share: what one isolate copies and sends with ease. */
  sharedBytesPerSecond: 8 * 1024 * 1024,
  /** No socket's share falls below this. */
  minBytesPerSecond: 16 * 1024,
  /** Messages and bytes that a socket may leave unacknowledged: several seconds at the highest rate. */
  unackedMessages: 100,
  unackedBytes: 1024 * 1024,
  /** The same for all sockets together: the platform holds what a slow client does not take in our memory. */
  sharedUnackedBytes: 32 * 1024 * 1024,
  /** A message is split above this; the platform's limit is 32 MB, a browser's patience less. */
  messageBytes: 256 * 1024,
  /** Logs a second that LiveTail opens: some tenth of a second of CPU, on a thread that ingest may need, too. */
  openedPerSecond: 20_000,
  /** Of longer logs fewer: raw bytes that count as one log. */
  openedBytes: 256,
  /** To ask a log of this many distinct filters costs as much as to open it. */
  filtersPerOpening: 10,
  /** Logs times filters that are asked at a stretch, some 10 ms, before others have their turn. */
  questionsAtOnce: 20_000,
  /** What a client may send: the largest filter, with room. */
  clientMessageCharacters: 16_000,
  clientMessagesPerSecond: 200,
  /** Names in a filter. With the longest query they fit a socket's attachment of 16 KB, at two bytes a character. */
  services: 16,
  environments: 8,
} as const;

/** Why log0 closes a live socket. 4000 and above are an application's own (RFC 6455, section 7.4.2). */
export const CLOSE_CODES = {
  tooSlow: 4008,
  malformed: 4400,
  keyRevoked: 4401,
  tenantSuspended: 4403,
  tooManyMessages: 4429,
  /** Whether the key still stands could not be found out. RFC 6455's "try again later". */
  tryAgain: 1013,
} as const;
