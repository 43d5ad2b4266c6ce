import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { QUEUES as TOPICS } from "../../schema/contracts/index.ts";
import { type Account, emptyAccount } from "../test/cloudflare-account.ts";
import { StubWrangler } from "../test/stub-wrangler.ts";
import { projectRoot } from "../wrangler.ts";
import { Commands, plan } from "./commands.ts";
import { Deployment } from "./deployment.ts";
import { NO_DATABASE, readProduction } from "./production.ts";

/** One of everything, so that a deployment is few runs. */
const SMALL = `name = "log0"
compatibility_date = "2026-10-01"
[env.production]
name = "log0"
[[env.production.d1_databases]]
binding = "DB"
database_name = "log0"
database_id = "00000000-0000-0000-0000-000000000000" # none yet
migrations_dir = "migrations"
[[env.production.r2_buckets]]
binding = "BUCKET"
bucket_name = "log0"
[[env.production.queues.producers]]
binding = "JOBS"
queue = "jobs"
[[env.production.queues.consumers]]
queue = "jobs"
dead_letter_queue = "dead"
`;
const QUEUES = ["jobs", "dead"];
const TOKEN = "xoxb-the-secret-token";
const secrets = new Map([["SLACK_BOT_TOKEN", TOKEN]]);

let directory: string;
let config: string;
let stub: StubWrangler<Account>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log0-deploy-"));
  config = join(directory, "wrangler.toml");
  writeFileSync(config, SMALL);
  stub = new StubWrangler(directory, "cloudflare-account", emptyAccount);
  vi.stubEnv("LOG0_WRANGLER", stub.path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** Deploys into the stub's account, and returns what it said. */
async function deploy(fromFile = secrets, name?: string): Promise<string[]> {
  const said: string[] = [];
  const options = { config, ...(name === undefined ? {} : { name }) };
  const deployment = new Deployment(readProduction(config), options, (line) => said.push(line));
  await deployment.prepare(fromFile);
  const address = await deployment.deploy();
  return [...said, `address ${address}`];
}

const change = (part: Partial<Account>) => stub.setState({ ...stub.state(), ...part });
const commandsRun = () => stub.calls().map(({ args }) => args.slice(0, args.indexOf("--env")).join(" "));
const creations = () => commandsRun().filter((command) => / create /.test(command));

/** Whatever a complete deployment leaves behind. */
function expectComplete() {
  const { databases, buckets, queues, worker } = stub.state();
  expect(databases).toEqual([{ uuid: readProduction(config).databases[0]?.id, name: "log0", migrated: true }]);
  expect({ buckets, queues }).toEqual({ buckets: ["log0"], queues: QUEUES });
  expect(worker).toMatchObject({ name: "log0", code: "deployed", secrets: { SLACK_BOT_TOKEN: TOKEN } });
  expect(Buffer.from(worker?.secrets.SECRET_KEYS?.replace(/^k1:/, "") ?? "", "base64")).toHaveLength(32);
}

test("the first deployment, on an empty account, makes everything in an order that works", async () => {
  const said = await deploy();
  expectComplete();
  expect(said.at(-1)).toBe("address https://log0.sub.workers.dev");
  const id = stub.state().databases[0]?.uuid ?? "none";
  expect(readFileSync(config, "utf8")).toBe(SMALL.replace("00000000-0000-0000-0000-000000000000", id));
});

test("the plan of a dry run is what the first deployment of the project runs", async () => {
  copyFileSync(join(projectRoot, "wrangler.toml"), config);
  // Should an operator have committed the id of a database.
  writeFileSync(config, readFileSync(config, "utf8").replaceAll(/(?<=^database_id = )".*"/gm, `"${NO_DATABASE}"`));
  const production = readProduction(config);
  const planned = plan(production, new Commands({ config }), [...secrets.keys()], false);
  await deploy();
  expect(stub.calls().map(({ args }) => args)).toEqual(planned.map(({ command }) => command.args));
  expect(stub.state()).toMatchObject({ buckets: ["log0"], queues: production.queues, worker: { code: "deployed" } });
  for (const queue of [...TOPICS, "raw-logs-dlq"]) expect(stub.state().queues).toContain(queue);
});

test("a repeated deployment creates nothing, makes no key and leaves wrangler.toml as it is", async () => {
  await deploy();
  const [account, toml] = [stub.state(), readFileSync(config, "utf8")];
  stub.clear();
  await deploy(new Map());
  expect(creations()).toEqual([]);
  expect(commandsRun()).not.toContain("secret bulk");
  expect({ account: stub.state(), toml: readFileSync(config, "utf8") }).toEqual({ account, toml });
});

test.each<[string, (account: Account) => void, string]>([
  ["the database", (account) => account.databases.splice(0), "d1 create log0"],
  ["the bucket", (account) => account.buckets.splice(0), "r2 bucket create log0"],
  ["queue jobs", (account) => account.queues.splice(0, 1), "queues create jobs"],
  ["queue dead", (account) => account.queues.splice(1, 1), "queues create dead"],
])("where only %s is missing, only that is made", async (what, remove, creation) => {
  await deploy();
  const account = stub.state();
  remove(account);
  stub.setState(account);
  // Else it is an error: the id is of another account, or of a database that somebody has deleted.
  if (what === "the database") writeFileSync(config, SMALL);
  stub.clear();
  await deploy();
  expect(creations()).toEqual([creation]);
  expect(stub.state().queues.toSorted()).toEqual(QUEUES.toSorted());
});

test("a deployment that was cut off after any of its steps goes on when it is repeated", async () => {
  await deploy();
  const steps = stub.calls().length;
  for (let done = 0; done < steps; done += 1) {
    writeFileSync(config, SMALL);
    stub.setState({ ...emptyAccount, runsLeft: done });
    await expect(deploy(), `after ${done}`).rejects.toThrow("the run was cut off");
    const key = stub.state().worker?.secrets.SECRET_KEYS;
    change({ runsLeft: null });
    await deploy();
    expectComplete();
    if (key !== undefined) expect(stub.state().worker?.secrets.SECRET_KEYS).toBe(key);
  }
});

test("a database of the name is taken over when wrangler.toml has no id yet", async () => {
  change({ databases: [{ uuid: "aaaaaaaa-0000-4000-8000-000000000001", name: "log0", migrated: false }] });
  await deploy();
  expectComplete();
  expect(creations()).not.toContain("d1 create log0");
});

test("an id that the account does not have is an error, and nothing is made in that account", async () => {
  await deploy();
  stub.setState(emptyAccount);
  stub.clear();
  await expect(deploy()).rejects.toThrow(/names the D1 database d1d1.* for "log0", which this account does not have/);
  expect(commandsRun()).toEqual(["d1 list --json"]);
});

test("queues are looked for on every page", async () => {
  change({ pageSize: 3, queues: ["a", "b", "c", "d", "e", ...QUEUES] });
  await deploy();
  expect(creations().filter((command) => command.startsWith("queues"))).toEqual([]);
});

test("a bucket that wrangler does not list, because there are many, is not taken for missing", async () => {
  change({ buckets: [...Array.from({ length: 20 }, (_, index) => `a${index}`), "log0"] });
  expect(await deploy()).toContain("R2 bucket log0: there already");
});

test("a key that exists is never replaced by one that is made here, whatever else is set", async () => {
  change({ worker: { name: "log0", code: "empty", secrets: { SECRET_KEYS: "old" } } });
  await deploy();
  expect(stub.state().worker?.secrets).toEqual({ SECRET_KEYS: "old", SLACK_BOT_TOKEN: TOKEN });
});

test("a key in the file is set, and none is made", async () => {
  const key = `k9:${Buffer.alloc(32, 9).toString("base64")}`;
  await deploy(new Map([["SECRET_KEYS", key]]));
  expect(stub.state().worker?.secrets).toEqual({ SECRET_KEYS: key });
});

test("no key is made when the secrets cannot be listed: there might be one", async () => {
  change({
    fail: { command: "secret list", answer: { status: 1, stderr: "✘ [ERROR] Authentication error [code: 10000]" } },
  });
  await expect(deploy()).rejects.toThrow("wrangler secret list: Authentication error [code: 10000]");
  expect(stub.state().worker).toBeNull();
});

test("secrets go through standard input: no value in an argument or a line for the user", async () => {
  const said = await deploy();
  const key = stub.state().worker?.secrets.SECRET_KEYS ?? "none";
  const seen = JSON.stringify([said, stub.calls().map(({ args, env }) => ({ args, env }))]);
  expect(seen).not.toContain(TOKEN);
  expect(seen).not.toContain(key);
  expect(stub.calls().filter(({ input }) => input !== "")).toHaveLength(1);
  expect(said.join()).toContain("set SLACK_BOT_TOKEN, SECRET_KEYS (SECRET_KEYS made here)");
});

test("a message of wrangler's that repeats a secret is shown without it", async () => {
  const stderr = `✘ [ERROR] invalid value ${TOKEN} for SLACK_BOT_TOKEN [code: 1]`;
  change({ fail: { command: "secret bulk", answer: { status: 1, stderr } } });
  await expect(deploy()).rejects.toThrow("wrangler secret bulk: invalid value *** for SLACK_BOT_TOKEN [code: 1]");
});

const refused = {
  status: 1,
  stderr: "✘ [ERROR] A request to the Cloudflare API (/x) failed.\n\n  No permission [code: 9]\n",
};

test.each([
  "d1 list",
  "d1 create",
  "r2 bucket list",
  "r2 bucket create",
  "queues list",
  "queues create",
  "d1 migrations apply",
  "secret list",
  "secret bulk",
  "deploy",
])("when wrangler %s fails, its words are the message, and nothing after it is run", async (command) => {
  change({ fail: { command, answer: refused } });
  const words = /^wrangler ([a-z0-9 -]+): A request to the Cloudflare API \(\/x\) failed\. No permission \[code: 9\]$/;
  await expect(deploy()).rejects.toThrow(words);
  expect(commandsRun().at(-1)).toMatch(new RegExp(`^${command}`));
  expect(stub.state().worker?.code).not.toBe("deployed");
});

test.each(["d1 list", "queues list", "d1 migrations apply", "secret bulk", "deploy"])(
  "a wrangler %s that a signal ended, which exits with 0, is not taken for done",
  async (command) => {
    change({ fail: { command, answer: { status: 0 } } });
    await expect(deploy()).rejects.toThrow(/said nothing$/);
  },
);

test("another name is the Worker's in every command that names one", async () => {
  await deploy(secrets, "logs-eu");
  expect(stub.state().worker).toMatchObject({ name: "logs-eu", code: "deployed", secrets: { SLACK_BOT_TOKEN: TOKEN } });
});
