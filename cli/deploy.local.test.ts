import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NO_DATABASE, readProduction } from "./deploy/production.ts";
import { CloudflareApi } from "./test/cloudflare-api.ts";
import { projectRoot } from "./wrangler.ts";

// The real wrangler, against a server on loopback that answers as Cloudflare's API does.

const cli = fileURLToPath(new URL("deploy.ts", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "log0-deploy-"));
const config = join(directory, "wrangler.toml");
const secretsFile = join(directory, "secrets.env");
const api = new CloudflareApi();
let environment: Record<string, string>;

beforeAll(async () => {
  environment = await api.start();
  // Paths in a wrangler.toml are relative to it. The Worker itself is not what is tested here.
  const toml = readFileSync(join(projectRoot, "wrangler.toml"), "utf8")
    .replace('"workers/index.ts"', '"worker.js"')
    .replaceAll(/(?<=^(?:migrations_dir|directory) = ")[^"]*/gm, (path) => join(projectRoot, path))
    .replaceAll(/(?<=^database_id = )".*"/gm, `"${NO_DATABASE}"`);
  writeFileSync(config, toml);
  const names = [...toml.matchAll(/^class_name = "(\w+)"/gm)].map(([, name]) => name);
  const classes = [...new Set(names)].map((name) => `export class ${name} {}`);
  writeFileSync(join(directory, "worker.js"), `${classes.join("\n")}\nexport default { fetch() {} };\n`);
  writeFileSync(secretsFile, "SLACK_BOT_TOKEN=xoxb-$HOME\n");
});
afterAll(async () => {
  await api.stop();
  rmSync(directory, { recursive: true, force: true });
});

function deploy(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, "--config", config, ...args],
      { env: { ...process.env, ...environment } },
      (error, stdout, stderr) =>
        resolve({ status: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, stdout, stderr }),
    );
  });
}

const withoutWarnings = (text: string) => text.replaceAll(/^warning: .*\n/gm, "");

test("an empty account is made ready and deployed to, and a second time nothing but the Worker is written", async () => {
  const first = await deploy("--secrets-file", secretsFile);
  expect({ ...first, stderr: withoutWarnings(first.stderr) }).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toContain("Deployed: https://log0.sub.workers.dev\n");
  const production = readProduction(config);
  expect(api.databases).toEqual([{ uuid: production.databases[0]?.id, name: "log0" }]);
  expect({ buckets: api.buckets, queues: api.queues }).toEqual({ buckets: ["log0"], queues: production.queues });
  expect(api.secrets?.get("SLACK_BOT_TOKEN")).toBe("xoxb-$HOME");
  const key = api.secrets?.get("SECRET_KEYS");
  expect(key).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);
  // The Worker that `secret bulk` makes has no code; what is deployed after it brings the classes.
  const uploads = api.changes.filter(({ method, path }) => method === "PUT" && path === "workers/scripts/log0");
  expect(uploads.map(({ body }) => body.includes('"new_sqlite_classes"'))).toEqual([false, true]);

  api.changes.length = 0;
  const second = await deploy();
  expect({ ...second, stderr: withoutWarnings(second.stderr) }).toMatchObject({ status: 0, stderr: "" });
  expect(second.stdout).toContain("Migrations of log0: none to apply\n");
  expect(api.changes.filter(({ path }) => /^(d1|r2)\/|^queues$|secrets/.test(path))).toEqual([]);
  expect(api.secrets?.get("SECRET_KEYS")).toBe(key);
});

test("what Cloudflare refuses is one line in its words", async () => {
  environment = { ...environment, CLOUDFLARE_API_TOKEN: "another" };
  const { status, stderr } = await deploy();
  expect(status).toBe(1);
  expect(withoutWarnings(stderr)).toBe(
    "error: wrangler d1 list: A request to the Cloudflare API (/accounts/acc/d1/database) failed. Authentication error [code: 10000]\n",
  );
});
