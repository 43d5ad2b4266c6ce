import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { buildDocument } from "./docs/asyncapi.ts";
import { renderPage } from "./docs/html.ts";

// npm run docs              writes docs/asyncapi from the Zod contracts
// node cli/docs.ts --check  fails when the files there are not what would be written

const directory = new URL("../docs/asyncapi/", import.meta.url);

// No aliases: not every AsyncAPI tool reads them. No folding: a paragraph is a line, and a diff shows what changed.
// Readers of YAML 1.1 (js-yaml) would take a bare timestamp for a date: `compat` quotes it.
const files = {
  "asyncapi.yaml": stringify(buildDocument(), { aliasDuplicateObjects: false, compat: "yaml-1.1", lineWidth: 0 }),
  "index.html": renderPage(),
};

/** Names of the files that are missing or differ. */
function findStale(): string[] {
  return Object.entries(files).flatMap(([name, content]) => (read(name) === content ? [] : [name]));
}

function read(name: string): string | undefined {
  try {
    // A checkout may have turned the line ends.
    return readFileSync(new URL(name, directory), "utf8").replaceAll("\r\n", "\n");
  } catch {
    return undefined;
  }
}

const [flag, ...rest] = process.argv.slice(2);
if ((flag !== undefined && flag !== "--check") || rest.length > 0) {
  console.error("usage: node cli/docs.ts [--check]");
  process.exitCode = 1;
} else if (flag === "--check") {
  const stale = findStale();
  for (const name of stale) console.error(`docs/asyncapi/${name} is out of date: run npm run docs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(new URL(name, directory), content);
    console.log(`wrote ${fileURLToPath(new URL(name, directory))}`);
  }
}
