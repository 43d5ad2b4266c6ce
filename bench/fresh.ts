import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalSystem, startSystem } from "../cli/local/system.ts";
import { createTenant } from "../cli/tenant/statements/tenants.ts";
import { executeD1 } from "../cli/wrangler.ts";
import { createApiKey } from "../core/auth/api-key.ts";
import { SCOPES } from "../schema/contracts/roles.ts";

export interface FreshSystem {
  system: LocalSystem;
  /** Straight to workerd. */
  url: string;
  apiKey: string;
  tenantId: string;
  /** Of every tenant, the first one's in front. */
  apiKeys: string[];
  stop(): Promise<void>;
}

/**
 * An empty system with one tenant, or several. BENCH_LOG=1 shows what the Worker logs.
 * @param onLog takes each line that the Worker logs
 */
export async function startFresh(
  entry: string,
  vars: Record<string, string>,
  tenantCount = 1,
  onLog: (line: string) => void = () => undefined,
): Promise<FreshSystem> {
  const persistTo = mkdtempSync(join(tmpdir(), "log0-bench-"));
  const tenants = Array.from({ length: tenantCount }, (_, number) => ({
    id: randomUUID(),
    key: createApiKey(new Uint8Array(randomBytes(32))),
    name: number === 0 ? "bench" : `bench-${number}`,
  }));
  const [first] = tenants;
  if (first === undefined) throw new RangeError("a system needs a tenant");
  const statements = tenants.flatMap((tenant) =>
    createTenant({
      ...tenant,
      plan: "team",
      adminEmail: "bench@log0.test",
      shards: 1,
      ownerId: randomUUID(),
      sourceId: randomUUID(),
      keyId: randomUUID(),
      scopes: SCOPES,
      now: Date.now(),
    }),
  );
  await executeD1(statements, { remote: false, persistTo });
  const log = (line: string): void => {
    onLog(line);
    if (process.env.BENCH_LOG !== undefined) process.stderr.write(`${line}\n`);
  };
  const system = await startSystem({ port: 0, persistTo, entry, direct: true, vars, log });
  const stop = async (): Promise<void> => {
    await system.stop();
    rmSync(persistTo, { recursive: true, force: true });
  };
  const apiKeys = tenants.map(({ key }) => key.key);
  return { system, url: system.directUrl ?? system.url, apiKey: first.key.key, tenantId: first.id, apiKeys, stop };
}
