import { resolve } from "node:path";
import type { Command } from "commander";
import * as z from "zod";
import { executeD1, type Row, type Target, WranglerError } from "../wrangler.ts";
import { quote, UsageError } from "./input.ts";

// What the commands of cli/tenant/ have in common.

export interface RemoteOption {
  remote?: boolean;
}

/** Statements, and what to print of their rows. */
export interface Task {
  statements: string[];
  report: (rows: Row[][]) => string[];
  /** Turns a failure of the database into the user's words, where there are such. */
  explain?: (message: string) => string | undefined;
}

/** Adds a command that works locally, or with --remote in production. */
export function command(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option("--remote", "work on production, not on the local system");
}

/**
 * Makes the task (which checks the user's input), runs it in D1 and prints its report.
 *
 * @throws UsageError, WranglerError
 */
export async function perform({ remote }: RemoteOption, makeTask: () => Task): Promise<void> {
  const task = makeTask();
  const state = process.env.LOG0_STATE;
  const target: Target =
    remote === true
      ? { remote: true }
      : { remote: false, ...(state === undefined ? {} : { persistTo: resolve(state) }) };
  let rows: Row[][];
  try {
    rows = await executeD1(task.statements, target);
  } catch (error) {
    const explained = error instanceof WranglerError ? task.explain?.(error.message) : undefined;
    throw explained === undefined ? error : new UsageError(explained);
  }
  console.log(task.report(rows).join("\n"));
}

/** Where the target listens: the variable LOG0_URL, else the local system, else a name to fill in. */
export function targetUrl({ remote }: RemoteOption): string {
  return process.env.LOG0_URL ?? (remote === true ? "https://<your-log0-host>" : "http://127.0.0.1:8787");
}

/** What `findTenant` answers. @throws UsageError when there is no such tenant */
export function mustExist(found: Row[] | undefined, tenant: string): FoundTenant {
  const [row] = z.array(FoundTenant).max(1).parse(found);
  if (row === undefined) throw new UsageError(`no tenant is named ${quote(tenant)}`);
  return row;
}

const FoundTenant = z.object({ id: z.string(), status: z.string(), plan: z.string() });
type FoundTenant = z.infer<typeof FoundTenant>;
