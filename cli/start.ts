import { mkdirSync } from "node:fs";
import { constants } from "node:os";
import { join, relative, resolve } from "node:path";
import { styleText } from "node:util";
import { Command, CommanderError, Option } from "commander";
import { ApiClient, type Incident, RequestError } from "./local/api-client.ts";
import { playDemo } from "./local/demo.ts";
import { goldenPath } from "./local/golden-path.ts";
import { demoProgress, Progress } from "./local/progress.ts";
import { type Addresses, describeDemo, describeUse } from "./local/report.ts";
import { DEFAULT_INBOX_PORT, DEFAULT_PORT, LocalStack } from "./local/stack.ts";
import { parseInteger, UsageError } from "./tenant/input.ts";
import { projectRoot, WranglerError } from "./wrangler.ts";

// npm start [-- --no-demo] [--port N] [--inbox-port N]: the whole system on this machine, with no account.

interface Options {
  demo: boolean;
  exitAfterDemo?: boolean;
  port: string;
  inboxPort: string;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

// With the variable LOG0_STATE, as for `npm run tenant`, all that a run leaves behind lies in that directory.
const ownState = process.env.LOG0_STATE;
const stateDirectory = resolve(ownState ?? join(projectRoot, ".wrangler/state"));
const logDirectory = ownState === undefined ? join(projectRoot, ".log0") : stateDirectory;
const logFile = join(logDirectory, "worker.log");

const progress = new Progress(process.stdout);
let stack: LocalStack | undefined;
let stopping = false;
/** Nothing is unfinished any more: a signal is how the user ends it, not an interruption. */
let isUp = false;

const program = new Command("start")
  .description("Runs log0 on this machine, plays a demo, and stays up until Ctrl-C.")
  .option("--no-demo", "only start")
  .option("--port <n>", "of log0; 0 for a free one", String(DEFAULT_PORT))
  .option("--inbox-port <n>", "of the inbox in Slack's place; 0 for a free one", String(DEFAULT_INBOX_PORT))
  .addOption(new Option("--exit-after-demo", "exit with 0 when the demo's result is as expected, else 1").hideHelp())
  .exitOverride()
  .action(start);

async function start({ demo, exitAfterDemo = false, ...options }: Options): Promise<void> {
  const startedAt = performance.now();
  const port = parseInteger(options.port, "--port", 0, 65_535);
  const inboxPort = parseInteger(options.inboxPort, "--inbox-port", 0, 65_535);
  for (const directory of [stateDirectory, logDirectory]) mkdirSync(directory, { recursive: true });
  stack = new LocalStack({ port, inboxPort, stateDirectory, logFile });
  progress.show("Starting log0: database, Worker, workerd …", "start");
  const { addresses, key } = await stack.start({ withTenant: demo });
  takeSignals();
  progress.end();
  const { url, inboxUrl } = addresses;
  console.log(`log0 runs on ${url}, its inbox on ${inboxUrl} (after ${seconds(performance.now() - startedAt)})`);

  if (key === undefined) {
    console.log("A tenant and its first key: npm run tenant -- create acme --plan starter --admin-email a@acme.test");
  } else {
    const { incident, ok } = await play(addresses, key);
    console.log(["", ...describeUse(addresses, key, incident)].join("\n"));
    if (exitAfterDemo) {
      process.exitCode = ok ? 0 : 1;
      return await stack.stop();
    }
  }
  isUp = true;
  console.log(`\nCtrl-C stops log0. What its Worker logs: ${relative(process.cwd(), logFile)}`);
}

async function play(addresses: Addresses, key: string): Promise<{ incident: Incident | undefined; ok: boolean }> {
  const now = Date.now();
  const story = goldenPath(now, now);
  console.log("Playing three minutes in which payment-service cannot reach its payment gateway …");
  const result = await playDemo({
    api: new ApiClient(addresses.url, key),
    inboxUrl: addresses.slackIsInbox ? addresses.inboxUrl : undefined,
    story,
    onProgress: (state) => {
      if (stopping) return;
      const { line, stage } = demoProgress(state, story.lines);
      progress.show(line, stage);
    },
  });
  progress.end();
  const [chain = "", ...details] = describeDemo(result, addresses);
  console.log(`\n${styleText("bold", chain)}\n${details.join("\n")}`);
  return { incident: result.incident, ok: result.problems.length === 0 };
}

/** Miniflare ends the process at a signal, before anything can be closed. From here on, that is ours to do. */
function takeSignals(): void {
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, onSignal);
  }
}

function onSignal(signal: (typeof SIGNALS)[number]): void {
  const status = isUp ? 0 : 128 + constants.signals[signal];
  // The second time, the user does not want to wait.
  if (stopping) process.exit(status);
  stopping = true;
  progress.end();
  console.log("Stopping …");
  void stack?.stop().finally(() => process.exit(status));
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

try {
  await program.parseAsync(process.argv);
} catch (error) {
  progress.end();
  // A request that fails because everything is being stopped is no news.
  if (!stopping) {
    const expected = error instanceof UsageError || error instanceof WranglerError || error instanceof RequestError;
    if (expected) console.error(`error: ${error.message}`);
    // Commander has printed its own errors.
    else if (!(error instanceof CommanderError)) console.error(error);
    process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
    await stack?.stop();
  }
}
