import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { Commands, type Options, plan } from "./deploy/commands.ts";
import { Deployment } from "./deploy/deployment.ts";
import { exampleVars, type Production, readProduction } from "./deploy/production.ts";
import { parseSecrets } from "./deploy/secrets.ts";
import { UsageError } from "./tenant/input.ts";
import { projectRoot, WranglerError } from "./wrangler.ts";

// npm run deploy [-- --secrets-file .secrets.production] [--dry-run]: production, from an empty account on.

interface Flags {
  secretsFile?: string;
  dryRun?: boolean;
  prepare?: boolean;
  name?: string;
  config?: string;
}

const program = new Command("deploy")
  .description(
    "Creates what is missing in the Cloudflare account, applies migrations, sets secrets, deploys. Repeatable.",
  )
  .option("--secrets-file <file>", "NAME=value lines or a JSON object, to be set as secrets of the Worker")
  .option("--dry-run", "print every wrangler command; run none, and need no account")
  .option("--prepare", "all but the deployment itself: a gradual roll-out follows")
  .option("--name <worker>", "another name for the Worker than wrangler.toml's")
  .option("--config <file>", "another wrangler.toml")
  .exitOverride()
  .action(deploy);

async function deploy(flags: Flags): Promise<void> {
  const production = readProduction(resolve(flags.config ?? join(projectRoot, "wrangler.toml")));
  const secrets = readSecrets(flags.secretsFile, production);
  const options: Options = {
    ...(flags.config === undefined ? {} : { config: production.file }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
  };
  const examples = exampleVars(production.vars);
  for (const name of examples) {
    console.error(
      `warning: ${name} is still the example ${String(production.vars[name])}: set it in [env.production.vars] of ${production.file}`,
    );
  }
  if (flags.dryRun === true) return printPlan(production, options, [...secrets.keys()], flags.prepare === true);
  const deployment = new Deployment(production, options, (line) => console.log(line));
  await deployment.prepare(secrets);
  if (flags.prepare === true) return console.log("Prepared; nothing is deployed.");
  const address = await deployment.deploy();
  console.log(`Deployed: ${address ?? String(production.vars.PUBLIC_URL)}`);
  if (examples.includes("PUBLIC_URL")) {
    const url = address === undefined ? "the address of this deployment" : `"${address}"`;
    console.log(
      `Next: set PUBLIC_URL to ${url} in [env.production.vars], and run this again: links in messages begin with it`,
    );
  }
  console.log("Next: npm run tenant -- create acme --plan team --admin-email a@acme.test --remote");
}

function readSecrets(file: string | undefined, production: Production): Map<string, string> {
  if (file === undefined) return new Map();
  let text: string;
  try {
    text = readFileSync(resolve(file), "utf8");
  } catch (error) {
    throw new UsageError(`the secrets file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseSecrets(text, file, Object.keys(production.vars));
}

/** As a shell would take them: what is left of the # can be pasted. */
function printPlan(production: Production, options: Options, secrets: string[], prepareOnly: boolean): void {
  for (const { command, remark } of plan(production, new Commands(options), secrets, prepareOnly)) {
    const line = ["npx", "wrangler", ...command.args].map(shellWord).join(" ");
    console.log(remark === undefined ? line : `${line}  # ${remark}`);
  }
}

const shellWord = (word: string) => (/^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Runs the command line and returns the exit status. */
async function main(argv: string[]): Promise<number> {
  try {
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed its own errors, each a line.
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof UsageError || error instanceof WranglerError)) throw error;
    console.error(`error: ${error.message}`);
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Taken between two statements of ours, never in the middle of writing a file.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      console.error("interrupted: run it again, and it goes on from here");
      process.exit(128 + constants.signals[signal]);
    });
  }
  process.exitCode = await main(process.argv.slice(2));
}
