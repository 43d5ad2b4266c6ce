import { runWrangler, WranglerError } from "../wrangler.ts";

/**
 * Applies the migrations that the local database lacks.
 *
 * @param persistTo directory of the local state
 * @throws WranglerError
 */
export async function migrateLocally(persistTo: string): Promise<void> {
  const { status, stdout, stderr } = await runWrangler([
    ...["d1", "migrations", "apply", "log0", "--local"],
    ...["--persist-to", persistTo],
  ]);
  if (status === 0) return;
  const reason = `${stderr}\n${stdout}`.split("\n").find((line) => /error/i.test(line)) ?? `status ${status}`;
  throw new WranglerError(`the local database in ${persistTo} could not be migrated: ${reason.trim()}`);
}
