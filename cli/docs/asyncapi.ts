import * as z from "zod";
import * as contracts from "../../schema/contracts/index.ts";
import * as examples from "./examples.ts";

/** A message of a queue: its schema, what the schema cannot say, and an example that the schema accepts. */
export interface Message {
  name: string;
  title: string;
  summary: string;
  contentType: string;
  schema: z.ZodType;
  example: object;
}

/** A queue, the services that write and read it, and what a reader must know. */
export interface Channel {
  name: string;
  description: string;
  messages: Message[];
  producers: string[];
  consumers: string[];
}

const RawLogEnvelope = z.object({
  header: contracts.EnvelopeHeader.describe("The envelope's header"),
  events: z.array(contracts.RawLogEvent).min(1).describe("The events of all sections, in order"),
});
const NormalizedLogEnvelope = z.object({
  header: contracts.EnvelopeHeader.describe("The envelope's header"),
  events: z.array(contracts.NormalizedLogEvent).min(1).describe("The events of all sections, in order"),
});

const envelopeOnTheWire = `A message is not one event but a **compressed envelope** of many events of one tenant, as close to 128 KB as there is data: a message per log line would cost more than all the rest. The schema shows what it means. On the wire it is binary: the bytes \`L0\`, a format byte, the header's length (32 bits, big-endian), the header as JSON (\`LogEnvelope\`), then the bodies of its sections, one after the other. A section is one chunk: a part of one request, with its \`chunkId\` and its number of events. Its body holds the events as compressed columns with dictionaries (service, environment, level, template); \`eventId\` is derived from the chunk and the index in it, and \`tenantId\` stands in the header only. Envelopes too large for the queue lie in R2, and an \`EnvelopePointer\` takes their place.`;

const binary = "application/vnd.log0.envelope";
const json = "application/json";

const pointer: Message = {
  name: "EnvelopePointer",
  title: "Pointer to envelopes in R2",
  summary: "Stands for envelopes that are too large for the queue.",
  contentType: json,
  schema: contracts.EnvelopePointer,
  example: examples.envelopePointer,
};

const rawLogEnvelope: Message = {
  name: "RawLogEnvelope",
  title: "Raw log events, packed",
  summary: "RawLogEvents of one tenant, as compressed columns behind a LogEnvelope header.",
  contentType: binary,
  schema: RawLogEnvelope,
  example: { header: examples.rawHeader, events: [examples.rawLogEvent] },
};

/** The queues, in the order that a log line takes. */
export const channels: Channel[] = [
  {
    name: "raw-logs",
    description: `Accepted log lines, as the client sent them. Ingest answers 202 only when they are here.\n\n${envelopeOnTheWire}`,
    messages: [rawLogEnvelope, pointer],
    producers: ["ingestion-gateway"],
    consumers: ["normalization-service"],
  },
  {
    name: "raw-logs-bulk",
    description:
      "The slower lane of `raw-logs`: what a tenant sends above its plan's share of the fast one. The same compressed envelopes and pointers, with the same consumer; a tenant's flood waits here, and delays nobody else.",
    messages: [rawLogEnvelope, pointer],
    producers: ["ingestion-gateway"],
    consumers: ["normalization-service"],
  },
  {
    name: "normalized-logs",
    description: `Normalized events, with template and fingerprint. The tenant's LogStore object takes them in, each chunk once.\n\n${envelopeOnTheWire}\n\nA normalized envelope keeps a section per raw chunk that it was made of, so that a redelivery which groups them otherwise stores only what is new. A second body, the digest, carries the section's window counts.`,
    messages: [
      {
        name: "NormalizedLogEnvelope",
        title: "Normalized log events, packed",
        summary: "NormalizedLogEvents of one tenant, as compressed columns behind a LogEnvelope header.",
        contentType: binary,
        schema: NormalizedLogEnvelope,
        example: { header: examples.normalizedHeader, events: [examples.normalizedLogEvent] },
      },
      { ...pointer, example: { ...examples.envelopePointer, stage: "normalized" } },
    ],
    producers: ["normalization-service"],
    consumers: ["clustering-service"],
  },
  {
    name: "incident-events",
    description:
      "What a window says: it crossed its threshold, has new counts, or has closed. Delivered at least once; receivers keep the maximum per window, so a repeat adds nothing.",
    messages: [
      {
        name: "IncidentEvent",
        title: "Incident event",
        summary: "From the ClusterWindow object of a fingerprint. Only CROSSED may open an incident.",
        contentType: json,
        schema: contracts.IncidentEvent,
        example: examples.incidentEvent,
      },
    ],
    producers: ["clustering-service"],
    consumers: ["incident-service"],
  },
  {
    name: "notification-events",
    description:
      "An incident has changed. A sender renders the present state of the incident and skips versions older than the one that it has shown. An event for several channels is sent again once for each, with its `channelId`.",
    messages: [
      {
        name: "NotificationEvent",
        title: "Notification event",
        summary: "One change of an incident, with the incident's version.",
        contentType: json,
        schema: contracts.NotificationEvent,
        example: examples.notificationEvent,
      },
      {
        name: "DigestEvent",
        title: "Digest event",
        summary: "What quiet hours or the throttle held back for a channel is due.",
        contentType: json,
        schema: contracts.DigestEvent,
        example: examples.digestEvent,
      },
    ],
    producers: ["incident-service", "job-service"],
    consumers: ["notification-service"],
  },
  {
    name: "raw-logs-dlq",
    description:
      "The native dead-letter queue of all the others: a backstop for crashes, because a consumer that gives up records the dead letter itself. Cloudflare moves the message here with its body unchanged; log0 records it as a DlqEvent (a row in D1, the body in R2), which `GET /api/v1/dead-letters` lists and which can be replayed.",
    messages: [
      {
        name: "DlqEvent",
        title: "Dead letter",
        summary: "What is kept of a message that a consumer gave up on. On the wire: the message itself, unchanged.",
        contentType: json,
        schema: contracts.DlqEvent,
        example: examples.dlqEvent,
      },
    ],
    producers: [
      "normalization-service",
      "clustering-service",
      "incident-service",
      "notification-service",
      "job-service",
    ],
    consumers: ["ingestion-gateway"],
  },
  {
    name: "jobs",
    description: "Work that no user waits for.",
    messages: [
      {
        name: "Job",
        title: "Job",
        summary: "SUMMARIZE: write an incident's summary, and have its message updated.",
        contentType: json,
        schema: contracts.Job,
        example: examples.job,
      },
    ],
    producers: ["incident-service"],
    consumers: ["job-service"],
  },
];

/** A JSON Schema (draft 7). */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

const reference = "#/components/schemas/";

/** The schemas of all messages by name, referring to each other. */
export function buildSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  registry.add(contracts.EnvelopeHeader, { id: "LogEnvelope" });
  registry.add(contracts.RawLogEvent, { id: "RawLogEvent" });
  registry.add(contracts.NormalizedLogEvent, { id: "NormalizedLogEvent" });
  for (const { name, schema } of channels.flatMap((channel) => channel.messages)) {
    if (!registry.has(schema)) registry.add(schema, { id: name });
  }
  const { schemas } = z.toJSONSchema(registry, {
    target: "draft-7",
    io: "input", // what a reader accepts: fields that it does not know yet are no error
    uri: (id) => `${reference}${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === contracts.Attributes) {
        jsonSchema.additionalProperties = true; // any JSON; Zod would spell out a recursive schema
        delete jsonSchema.propertyNames;
      }
      // The format says as much as Zod's long pattern, and the limits of a double are no contract.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const result: Record<string, JsonSchema> = {};
  for (const [name, { $schema, $id, id, ...schema }] of Object.entries(schemas)) {
    if (name !== "__shared") result[name] = { title: name, ...schema };
  }
  return result;
}

/** The AsyncAPI 3.0.0 document of the queues. */
export function buildDocument() {
  const messages = channels.flatMap((channel) => channel.messages.map((message) => ({ channel, message })));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "log0 queues",
      version: "1.0.0",
      description:
        "The messages between the stages of log0, on Cloudflare Queues: at least once, in no order. Generated from the Zod schemas in schema/contracts by `npm run docs`; do not edit.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    defaultContentType: json,
    channels: Object.fromEntries(
      channels.map(({ name, description, messages }) => [
        name,
        {
          address: name,
          title: name,
          description,
          messages: Object.fromEntries(
            messages.map((message) => [
              message.name,
              { $ref: `#/components/messages/${messageId(name, message.name)}` },
            ]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      channels.flatMap((channel) => [
        ...channel.producers.map((service) => operation("send", service, channel)),
        ...channel.consumers.map((service) => operation("receive", service, channel)),
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        messages.map(({ channel, message }) => [
          messageId(channel.name, message.name),
          {
            name: message.name,
            title: message.title,
            summary: message.summary,
            contentType: message.contentType,
            payload: { $ref: `${reference}${message.name}` },
            examples: [{ name: "example", payload: message.example }],
          },
        ]),
      ),
      schemas: buildSchemas(),
    },
  };
}

function operation(action: "send" | "receive", service: string, channel: Channel) {
  const summary =
    action === "send"
      ? `${service} writes to ${channel.name}`
      : `${service} reads ${channel.name} and acks each message`;
  return [
    `${service}-${action}s-${channel.name}`,
    { action, channel: { $ref: `#/channels/${channel.name}` }, summary, tags: [{ name: service }] },
  ];
}

/** EnvelopePointer travels on three queues, with an example of each. */
function messageId(channel: string, message: string): string {
  return message === pointer.name ? `${message}-${channel}` : message;
}
