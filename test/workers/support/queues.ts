import { decodeEnvelope } from "../../../core/wire/envelope.ts";
import type { QueueName } from "../../../schema/contracts/dead-letter.ts";
import { guarded } from "./faults.ts";

/** A message on its way, as the platform would deliver it. */
export interface Sent {
  id: string;
  queue: string;
  tenantId: string;
  body: unknown;
  attempts: number;
}

/** The platform's limits: what breaks them fails here as it would there. */
const MAX_MESSAGE_BYTES = 128_000;
const MAX_BATCH_BYTES = 256_000;
const MAX_BATCH_MESSAGES = 100;

const waiting: Sent[] = [];
let count = 0;

function tenantOf(body: unknown): string {
  if (body instanceof ArrayBuffer) return decodeEnvelope(new Uint8Array(body)).tenantId;
  return typeof body === "object" && body !== null && "tenantId" in body ? String(body.tenantId) : "";
}

/** A body after its journey: bytes as an ArrayBuffer, the rest through JSON. */
function travelled(body: unknown): { body: unknown; bytes: number } {
  if (body instanceof Uint8Array) {
    const copy = new Uint8Array(body);
    return { body: copy.buffer, bytes: copy.byteLength };
  }
  const text = JSON.stringify(body);
  return { body: JSON.parse(text), bytes: text.length };
}

/** A queue that keeps what it is sent until a test delivers it. */
export class RecordingQueue implements Queue {
  private readonly name: QueueName;

  constructor(name: QueueName) {
    this.name = name;
  }

  async metrics() {
    return { backlogCount: 0, backlogBytes: 0 };
  }

  send(body: unknown) {
    return guarded("queue", this.name, async () => this.keep([body]));
  }

  sendBatch(messages: Iterable<MessageSendRequest<unknown>>) {
    return guarded("queue", this.name, async () => this.keep([...messages].map((message) => message.body)));
  }

  private keep(bodies: readonly unknown[]) {
    const messages = bodies.map(travelled);
    const total = messages.reduce((sum, message) => sum + message.bytes, 0);
    if (messages.some((message) => message.bytes > MAX_MESSAGE_BYTES)) throw new Error("message too large");
    if (messages.length > MAX_BATCH_MESSAGES || total > MAX_BATCH_BYTES) throw new Error("batch too large");
    for (const { body } of messages) {
      waiting.push({ id: `m${++count}`, queue: this.name, tenantId: tenantOf(body), body, attempts: 1 });
    }
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  }
}

/** Messages of a tenant that wait in a queue. */
export function queued(queue: QueueName, tenantId: string): Sent[] {
  return waiting.filter((message) => message.queue === queue && message.tenantId === tenantId);
}

/** Takes a tenant's messages out of a queue. */
export function take(queue: QueueName, tenantId: string): Sent[] {
  const taken = queued(queue, tenantId);
  for (const message of taken) waiting.splice(waiting.indexOf(message), 1);
  return taken;
}

/** Puts messages back, for another attempt. */
export function putBack(messages: readonly Sent[]): void {
  waiting.push(...messages);
}
