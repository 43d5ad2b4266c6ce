import { Parser } from "@asyncapi/parser";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { QUEUES } from "../../schema/contracts/index.ts";
import { buildDocument, buildSchemas, channels } from "./asyncapi.ts";
import { renderPage } from "./html.ts";

const messages = channels.flatMap(({ name, messages }) =>
  messages.map((message) => [`${message.name} on ${name}`, message] as const),
);

test("the AsyncAPI parser finds no error in the document", { timeout: 30_000 }, async () => {
  const source = stringify(buildDocument(), { aliasDuplicateObjects: false });
  const { document, diagnostics } = await new Parser().parse(source);
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
  expect(
    document
      ?.channels()
      .all()
      .map((channel) => channel.address()),
  ).toEqual(channels.map(({ name }) => name));
});

test("the parser does find a message that is not there", { timeout: 30_000 }, async () => {
  const source = stringify(buildDocument(), { aliasDuplicateObjects: false });
  const { diagnostics } = await new Parser().parse(source.replaceAll("messages/Job", "messages/Task"));
  expect(diagnostics.filter(({ severity }) => severity === 0)).not.toEqual([]);
});

test("every queue is a channel that someone writes and someone reads", () => {
  expect(channels.map(({ name }) => name).sort()).toEqual([...QUEUES, "raw-logs-dlq"].sort());
  for (const { producers, consumers } of channels)
    expect(Math.min(producers.length, consumers.length)).toBeGreaterThan(0);
});

test.each(messages)("the example of %s is what its own Zod schema accepts, unchanged", (_name, { schema, example }) => {
  expect(schema.parse(example)).toEqual(example);
});

test("schemas refer only to schemas that are there", () => {
  const schemas = buildSchemas();
  const references = [...JSON.stringify(schemas).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  expect(references.length).toBeGreaterThan(0);
  for (const target of references)
    expect(Object.keys(schemas).map((name) => `#/components/schemas/${name}`)).toContain(target);
});

test("the log queues say that a message is a compressed envelope", () => {
  for (const { name, description } of channels.slice(0, 3))
    expect([name, description]).toEqual([name, expect.stringContaining("compressed envelope")]);
});

test("the page loads nothing, runs nothing, and its links lead somewhere", () => {
  const page = renderPage();
  expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/i);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${target}"`);
  for (const { name } of channels) expect(page).toContain(`<h2 id="${name}">`);
});
