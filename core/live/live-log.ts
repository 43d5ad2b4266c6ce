import { Buffer } from "node:buffer";
import { eventIdOf } from "../ids.ts";
import type { LogRow } from "../logs/log-row.ts";
import { presentLog } from "../logs/present-log.ts";

/** A row on its way to sockets: its JSON is made once, when the first of them is to be shown it. */
export class LiveLog {
  readonly row: LogRow;
  private readonly tenantId: string;
  private made: { json: string; bytes: number } | undefined;

  constructor(tenantId: string, row: LogRow) {
    this.tenantId = tenantId;
    this.row = row;
  }

  private make(): { json: string; bytes: number } {
    const { chunkId, index } = this.row;
    const json = JSON.stringify(presentLog(this.tenantId, { eventId: eventIdOf(chunkId, index), row: this.row }));
    this.made = { json, bytes: Buffer.byteLength(json) };
    return this.made;
  }

  get json(): string {
    return (this.made ?? this.make()).json;
  }

  /** UTF-8 bytes of the JSON. */
  get bytes(): number {
    return (this.made ?? this.make()).bytes;
  }
}
