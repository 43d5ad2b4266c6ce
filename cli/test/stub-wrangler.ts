import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** One run of the stub. */
const Call = z.object({
  args: z.array(z.string()),
  env: z.record(z.string(), z.string().optional()),
  /** Its standard input. */
  input: z.string(),
});
export type Call = z.infer<typeof Call>;

/** What a run prints, and how it ends. */
export interface Answer {
  status?: number;
  stdout?: string;
  stderr?: string;
  /** Also sends this to who ran it, as Ctrl-C would. */
  signal?: "SIGINT" | "SIGKILL";
}

/**
 * An executable in wrangler's place, for the variable LOG0_WRANGLER. It records each run and answers by a module of this
 * folder, which exports `answer(call, state)` and may change the state.
 */
export class StubWrangler<State> {
  readonly path: string;
  private readonly callsFile: string;
  private readonly stateFile: string;

  /**
   * @param directory an empty one of the test's own
   * @param module file name, without `.ts`
   */
  constructor(directory: string, module: "answers-in-turn" | "cloudflare-account", state: State) {
    this.path = join(directory, "wrangler");
    this.callsFile = join(directory, "calls.ndjson");
    this.stateFile = join(directory, "state.json");
    this.setState(state);
    const literal = (text: string) => JSON.stringify(text);
    writeFileSync(
      this.path,
      `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const { CI, WRANGLER_SEND_METRICS } = process.env;
const call = { args: process.argv.slice(2), env: { CI, WRANGLER_SEND_METRICS }, input: readFileSync(0, "utf8") };
appendFileSync(${literal(this.callsFile)}, JSON.stringify(call) + "\\n");
import(${literal(new URL(`${module}.ts`, import.meta.url).href)}).then(({ answer }) => {
  const state = JSON.parse(readFileSync(${literal(this.stateFile)}, "utf8"));
  const { status = 0, stdout = "", stderr = "", signal } = answer(call, state);
  writeFileSync(${literal(this.stateFile)}, JSON.stringify(state));
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = status;
  if (signal !== undefined) process.kill(process.ppid, signal);
});
`,
    );
    chmodSync(this.path, 0o755);
  }

  /** The runs up to now, in their order. */
  calls(): Call[] {
    if (!existsSync(this.callsFile)) return [];
    const lines = readFileSync(this.callsFile, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => Call.parse(JSON.parse(line)));
  }

  /** Forgets the runs. */
  clear(): void {
    writeFileSync(this.callsFile, "");
  }

  setState(state: State): void {
    writeFileSync(this.stateFile, JSON.stringify(state));
  }

  /** The state as the runs have left it. */
  state(): State {
    return JSON.parse(readFileSync(this.stateFile, "utf8"));
  }
}
