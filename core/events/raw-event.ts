/** An accepted log line between ingest and the normalizer. Its tenant, receipt and id are those of its chunk. */
export interface RawEvent {
  serviceName: string;
  environment: string;
  /** As the client sent it; empty when missing. */
  level: string;
  message: string;
  /** Unix ms; undefined when the log had no usable timestamp. */
  timestamp?: number;
  /** Nanoseconds within the millisecond. */
  nanoseconds?: number;
  trace?: string;
  traceId?: string;
  /** JSON object, as text. */
  attributes?: string;
}
