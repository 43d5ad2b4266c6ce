import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import * as z from "zod";
import { projectRoot, runWrangler } from "../wrangler.ts";

/** The variables of wrangler.toml, as Miniflare takes them. */
const Bindings = z.record(z.string(), z.json());

/** How a local system differs from what wrangler.toml says. */
export interface SystemOptions {
  /** 0 for a free one. */
  port: number;
  /** Directory of the persistent state; wrangler's own layout, so that `wrangler d1 … --local` sees the same. */
  persistTo: string;
  /** Variables over those of wrangler.toml. */
  vars?: Record<string, string>;
  /** Entry to bundle in the place of `workers/index.ts`. */
  entry?: string;
  /** What `bundle` made already, so that nothing is bundled. */
  script?: string;
  /** Opens a socket straight to the worker, past Miniflare's own proxy: four times the small requests a second. */
  direct?: boolean;
  log?: (line: string) => void;
}

export interface LocalSystem {
  url: string;
  /** The socket past the proxy, where asked for. */
  directUrl: string | undefined;
  /** Where Slack messages go: by the options, `.dev.vars` or wrangler.toml, in this order. */
  slackApiUrl: string;
  miniflare: Miniflare;
  stop(): Promise<void>;
}

/** Bundles the Worker exactly as a deploy would. @returns the path of the module */
export async function bundle(entry = "workers/index.ts"): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "log0-bundle-"));
  const result = await runWrangler(["deploy", entry, "--dry-run", "--outdir", outDir]);
  if (result.status !== 0) throw new Error(`wrangler cannot bundle ${entry}:\n${result.stderr}${result.stdout}`);
  const script = readdirSync(outDir).find((file) => file.endsWith(".js"));
  if (script === undefined) throw new Error(`wrangler wrote no script for ${entry}`);
  return join(outDir, script);
}

/** Runs the system in workerd, with the bindings of wrangler.toml. */
export async function startSystem(options: SystemOptions): Promise<LocalSystem> {
  const scriptPath = options.script ?? (await bundle(options.entry));
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(projectRoot, "wrangler.toml"));
  // The bundle is one module already: rules for finding more of them do not apply.
  const { modulesRules: _rules, bindings, ...rest } = workerOptions;
  const variables = { ...Bindings.parse(bindings ?? {}), ...options.vars };
  const worker: V4WorkerOptions = {
    ...rest,
    name: "log0",
    modules: [{ type: "ESModule", path: "index.js", contents: readFileSync(scriptPath, "utf8") }],
    bindings: variables,
    ...(options.direct === true ? { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] } : {}),
  };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: options.port,
      resourcePersistencePath: join(options.persistTo, "v3"),
      handleStructuredLogs: ({ level, message }) => options.log?.(`${level} ${message}`),
      workers: [worker],
    }),
  );
  const url = (await miniflare.ready).origin;
  const directUrl = options.direct === true ? (await miniflare.unsafeGetDirectURL("log0")).origin : undefined;
  const slackApiUrl = String(variables.SLACK_API_URL ?? "");
  return { url, directUrl, slackApiUrl, miniflare, stop: () => miniflare.dispose() };
}
