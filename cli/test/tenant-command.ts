import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import { main } from "../tenant.ts";
import { type Answer, StubWrangler } from "./stub-wrangler.ts";

/** Of the running test: the stub's, and the local state's. */
export let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log0-tenant-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs `npm run tenant` in this process with a stub for wrangler that records its calls and gives the answers in turn. */
export async function tenant(args: string[], answers: Answer[] = []) {
  const stub = new StubWrangler(directory, "answers-in-turn", { answers });
  vi.stubEnv("LOG0_WRANGLER", stub.path);
  vi.stubEnv("LOG0_STATE", join(directory, "state"));
  const output = { stdout: "", stderr: "" };
  vi.spyOn(console, "log").mockImplementation((text) => {
    output.stdout += `${text}\n`;
  });
  vi.spyOn(console, "error").mockImplementation((text) => {
    output.stderr += `${text}\n`;
  });
  // Commander's own errors.
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    output.stderr += String(text);
    return true;
  });
  const status = await main(args);
  return { status, ...output, calls: stub.calls() };
}

/** What wrangler prints for a list of statements: the rows of each. */
export const rows = (...results: object[][]) => ({
  stdout: JSON.stringify(
    results.map((list) => ({ results: list, success: true, meta: {} })),
    null,
    2,
  ),
});
/** What wrangler prints when the database refuses. */
export const refusal = (text: string, ...notes: string[]) => ({
  status: 1,
  stdout: JSON.stringify({ error: { text, notes: notes.map((note) => ({ text: note })) } }, null, 2),
});

export const one = [{ id: "x" }];
export const acme = [{ id: "t", status: "active", plan: "starter" }];
/** Tenant, audit, owner, source, key; then the tenant, members, earlier invitations, the invitation, audit. */
export const created = rows(one, one, one, one, one, acme, [], [], one, one);
/** A tenant as `show` asks for it. */
export const shown = [
  { id: "t", name: "acme", plan: "free", status: "active", admin_email: "a@acme.test", shards: 1, created_at: 0 },
];
/** What `key create` asks for first. */
export const living = [{ source_id: "s", living: 1 }];
export const create = ["create", "acme", "--plan", "starter", "--admin-email", "A@acme.test"];
