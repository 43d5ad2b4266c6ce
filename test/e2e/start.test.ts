import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test } from "vitest";
import { ApiClient, type Log, readInbox } from "../../cli/local/api-client.ts";

// `npm start` as a user sees it: the real command, workerd, D1, R2 and queues, on a state of its own and free ports.

const root = fileURLToPath(new URL("../..", import.meta.url));
const script = join(root, "cli/start.ts");
const state = mkdtempSync(join(tmpdir(), "log0-e2e-"));

/** Far more than a start and a demo take on a slow machine. */
const PATIENCE_MS = 120_000;

class Start {
  readonly child: ChildProcess;
  output = "";
  errors = "";
  private readonly exit: Promise<unknown[]>;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [script, "--port", "0", "--inbox-port", "0", ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, LOG0_STATE: state },
    });
    this.child.stdout?.on("data", (text) => {
      this.output += text;
    });
    this.child.stderr?.on("data", (text) => {
      this.errors += text;
    });
    this.exit = once(this.child, "close");
  }

  /** Waits until the output matches. @returns the first group */
  async says(pattern: RegExp): Promise<string> {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(50)) {
      const found = pattern.exec(this.output);
      if (found !== null) return found[1] ?? found[0];
      if (this.child.exitCode !== null) break;
    }
    throw new Error(`never said ${pattern}:\n${this.output}${this.errors}`);
  }

  /** The exit status, once it has ended; null when a signal ended it. */
  async status(): Promise<unknown> {
    return (await this.exit)[0];
  }

  stop(): Promise<unknown> {
    this.child.kill("SIGTERM");
    return this.status();
  }
}

let running: Start | undefined;
function start(...args: string[]): Start {
  running = new Start(...args);
  return running;
}

afterEach(async () => {
  if (running?.child.exitCode === null && running.child.signalCode === null) await running.stop();
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

const urlOf = (started: Start) => started.says(/log0 runs on (\S+),/);
const inboxOf = (started: Start) => started.says(/its inbox on (\S+) /);
const keyOf = (started: Start) => started.says(/X-API-Key: (l0_[\w-]+)'/);

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const requestId = ({ attributes }: Log) => String(attributes?.requestId);

// One after the other, on one state: the second run finds what the first has left.

test("2,400 lines of three pods become one incident and one Slack message with its summary", async () => {
  const started = start();
  await started.says(/Ctrl-C stops log0/);
  expect(started.errors).toBe("");
  expect(started.output).toContain("\n2,400 lines → 1 incident → 1 Slack message\n");
  expect(started.output).toContain("4,000 lines stored, each once");
  // A handful of lines where it is no terminal, and nothing that only a terminal understands.
  expect(started.output.match(/lines sent/g)?.length).toBeLessThan(8);
  expect(started.output).not.toContain("\r");
  expect(started.output).not.toContain("\u001b");

  const api = new ApiClient(await urlOf(started), await keyOf(started));
  const incidents = await api.incidents("production");
  expect(incidents).toMatchObject([
    { serviceName: "payment-service", severity: "HIGH", status: "NEW", occurrenceCount: 2_400, regressionOf: null },
  ]);

  const messages = await readInbox(await inboxOf(started));
  expect(messages).toHaveLength(1);
  expect(messages[0]?.edits).toBeGreaterThan(0);
  expect(messages[0]?.text).toContain("2,400 in 3 min");
  const summary = incidents[0]?.summary?.summary ?? "none";
  expect(summary).toContain("Connection timeout to payment-gateway");
  expect(started.output.replaceAll(/\s+/g, " ")).toContain(summary);
  expect(JSON.stringify(messages[0]?.blocks)).toContain("What happened");
  expect(await (await fetch(await inboxOf(started))).text()).toContain("Connection timeout to payment-gateway");

  const logs = await all(api.logs(Date.now() - 600_000, Date.now() + 1));
  expect(logs).toHaveLength(4_000);
  expect(new Set(logs.map(requestId)).size).toBe(4_000);
  expect(new Set(logs.map(({ eventId }) => eventId)).size).toBe(4_000);
  expect(logs.filter(({ serviceName }) => serviceName === "payment-service")).toHaveLength(2_400);

  // What it prints for the user's own logs works as it stands, in a shell.
  const curl = await started.says(/^ {2}(curl -i .*)$/m);
  const answer = spawnSync("sh", ["-c", curl], { encoding: "utf8" }).stdout;
  expect(answer).toMatch(/^HTTP\/1\.1 202 /);
  expect(answer).toContain('"received":1');

  expect(await started.stop()).toBe(0);
  expect(readFileSync(join(state, "worker.log"), "utf8")).not.toMatch(/ error /);
});

test("a second run on the same state says what it found and what it added", async () => {
  const started = start("--exit-after-demo");
  const status = await started.status();
  // With the words that say what was missing.
  expect(status, started.output + started.errors).toBe(0);
  expect(started.output).toContain("\n2,400 lines → 1 incident → 1 Slack message\n");
  expect(started.output).toContain("so it grew: 2,400 + 2,400 = 4,800");
  expect(started.output).toContain("4,000 lines stored, each once");
});

test("--no-demo only starts, and a SIGTERM stops it", async () => {
  const started = start("--no-demo");
  await started.says(/Ctrl-C stops log0/);
  const response = await fetch(`${await urlOf(started)}/health`);
  expect(await response.json()).toEqual({ status: "ok" });
  expect(started.output).not.toContain("lines sent");
  expect(await readInbox(await inboxOf(started))).toHaveLength(1);
  expect(await started.stop()).toBe(0);
  expect(started.errors).toBe("");
});

test("a taken port is one clear line", async () => {
  const first = start("--no-demo");
  const port = new URL(await urlOf(first)).port;
  const second = new Start("--no-demo", "--port", port);
  expect(await second.status()).toBe(1);
  expect(second.errors).toBe(`error: port ${port} is taken (another npm start?): choose another with --port N\n`);
});
