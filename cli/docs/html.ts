import { buildSchemas, type Channel, channels, type JsonSchema, type Message } from "./asyncapi.ts";

/** The reference page: one HTML file that needs nothing from elsewhere, and no script. */
export function renderPage(): string {
  const schemas = buildSchemas();
  const shown = new Set(channels.flatMap((channel) => channel.messages.map((message) => message.name)));
  const parts = Object.keys(schemas).filter((name) => !shown.has(name));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>log0 queues</title>
<style>${style}</style>
</head>
<body>
<nav aria-label="Queues">
<p><strong>log0 queues</strong></p>
<ul>
${channels.map(({ name }) => `<li><a href="#${name}">${name}</a></li>`).join("\n")}
</ul>
<p>Schemas</p>
<ul>
${parts.map((name) => `<li><a href="#schema-${name}">${name}</a></li>`).join("\n")}
</ul>
</nav>
<main>
<h1>log0 queues</h1>
<p>The messages between the stages of log0, on Cloudflare Queues: at least once, in no order. The same as <a href="asyncapi.yaml">asyncapi.yaml</a> (AsyncAPI 3.0.0), generated from the Zod schemas in <code>schema/contracts</code>.</p>
${renderOverview()}
${channels.map((channel) => renderChannel(channel, schemas)).join("\n")}
<h2>Schemas</h2>
${parts.map((name) => `<h3 id="schema-${name}">${name}</h3>\n${renderFields(schemas[name] ?? {})}`).join("\n")}
</main>
</body>
</html>
`;
}

function renderOverview(): string {
  const rows = channels.map(
    ({ name, producers, consumers, messages }) =>
      `<tr><td><a href="#${name}">${name}</a></td><td>${producers.join(", ")}</td><td>${consumers.join(", ")}</td><td>${messages.map((message) => message.name).join(", ")}</td></tr>`,
  );
  return `<div class="wide"><table>
<thead><tr><th scope="col">Queue</th><th scope="col">Written by</th><th scope="col">Read by</th><th scope="col">Messages</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>`;
}

function renderChannel(
  { name, description, producers, consumers, messages }: Channel,
  schemas: Record<string, JsonSchema>,
) {
  const paragraphs = description.split("\n\n").map((text) => `<p>${renderInline(text)}</p>`);
  return `<section>
<h2 id="${name}">${name}</h2>
<p class="flow">${producers.join(", ")} → <strong>${name}</strong> → ${consumers.join(", ")}</p>
${paragraphs.join("\n")}
${messages.map((message) => renderMessage(message, schemas)).join("\n")}
</section>`;
}

function renderMessage({ name, title, summary, contentType, example }: Message, schemas: Record<string, JsonSchema>) {
  return `<h3>${name}</h3>
<p>${escapeHtml(title)}: ${renderInline(summary)} <code>${contentType}</code></p>
${renderFields(schemas[name] ?? {})}
<details><summary>Example</summary>
<pre><code>${escapeHtml(JSON.stringify(example, null, 2))}</code></pre>
</details>`;
}

/** A row a field, the fields of nested objects under the path to them. */
function renderFields(schema: JsonSchema): string {
  const rows = (schema.oneOf ?? [schema])
    .flatMap((variant) => listFields(asSchema(variant), ""))
    .map(
      ({ path, type, required, description }) =>
        `<tr><td><code>${path}</code></td><td>${type}</td><td>${required ? "required" : ""}</td><td>${renderInline(description)}</td></tr>`,
    );
  return `<div class="wide"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col"></th><th scope="col">Meaning</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>`;
}

interface Field {
  path: string;
  /** HTML. */
  type: string;
  required: boolean;
  description: string;
}

function listFields(schema: JsonSchema, prefix: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const field = asSchema(property);
    const path = `${prefix}${name}`;
    const required = schema.required?.includes(name) ?? false;
    const own = { path, type: describeType(field), required, description: field.description ?? "" };
    return [own, ...listFields(field, `${path}.`), ...listFields(asSchema(field.items), `${path}[].`)];
  });
}

function describeType(schema: JsonSchema): string {
  // Beside a description, Zod wraps a reference: allOf of one.
  const link = schema.$ref ?? asSchema(schema.allOf?.[0]).$ref;
  if (link !== undefined) {
    const name = link.split("/").at(-1) ?? "";
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(" ");
  if (schema.anyOf !== undefined) return schema.anyOf.map((variant) => describeType(asSchema(variant))).join(" or ");
  if (schema.items !== undefined) return `array of ${describeType(asSchema(schema.items))}${describeLimits(schema)}`;
  return `${escapeHtml(String(schema.type ?? "any"))}${describeLimits(schema)}`;
}

/** `true`, `false` and lists of schemas stand where nothing is to be shown. */
function asSchema(schema: unknown): JsonSchema {
  return isSchema(schema) ? schema : {};
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}

const limits: [keyword: string, phrase: (value: string) => string][] = [
  ["format", (value) => value],
  ["pattern", (value) => value],
  ["minimum", (value) => `≥ ${value}`],
  ["maximum", (value) => `≤ ${value}`],
  ["minLength", (value) => `at least ${value} characters`],
  ["maxLength", (value) => `at most ${value} characters`],
  ["minItems", (value) => `at least ${value}`],
  ["maxItems", (value) => `at most ${value}`],
];

function describeLimits(schema: JsonSchema): string {
  const phrases = limits.flatMap(([keyword, phrase]) =>
    schema[keyword] === undefined ? [] : [escapeHtml(phrase(String(schema[keyword])))],
  );
  return phrases.length === 0 ? "" : ` <small>${phrases.join(", ")}</small>`;
}

/** Escapes the text, then reads the little Markdown that our descriptions use: code and strong. */
function renderInline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d9dce1, #3a3f47); --dim: light-dark(#59616d, #a3abb6); --soft: light-dark(#f4f5f7, #22262c); --link: light-dark(#0b57b7, #7db7ff); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 15rem minmax(0, 1fr); font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #16191d); color: light-dark(#1b1f24, #e6e8eb); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem; border-right: 1px solid var(--line); }
nav ul { list-style: none; padding: 0; margin: 0 0 1.5rem; }
nav li { padding: .2rem 0; }
main { padding: 1.5rem 2rem 4rem; max-width: 70rem; }
a { color: var(--link); }
h2 { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
p { max-width: 48rem; }
.flow, small, th { color: var(--dim); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
td small { overflow-wrap: anywhere; }
code { font: .9em ui-monospace, monospace; background: var(--soft); padding: .1em .3em; border-radius: 3px; }
pre { background: var(--soft); padding: 1rem; border-radius: 6px; overflow-x: auto; }
pre code { padding: 0; background: none; }
details { margin: 1rem 0; }
summary { cursor: pointer; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1.5rem; } }
`;
