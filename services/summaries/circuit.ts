import { and, eq } from "drizzle-orm";
import { admit, type Circuit, CLOSED, type Outcome, record, withdraw } from "../../core/summaries/breaker.ts";
import type { TenantId } from "../../schema/contracts/tenant-id.ts";
import { aiCircuits } from "../../schema/tables/summaries.ts";
import type { TenantScope } from "../platform.ts";
import type { SummaryModel } from "./model.ts";

/** Tries of a write that another isolate was ahead of. */
const ATTEMPTS = 5;

/** An endpoint's circuit. The platform's is shared by all tenants; a tenant's own endpoint concerns nobody else. */
function keyOf(model: SummaryModel): { tenantId: TenantId | ""; name: string } {
  return { tenantId: model.tenantId ?? "", name: `${model.provider}:${model.host ?? ""}:${model.name}`.slice(0, 500) };
}

/** Writes a state over the one that it was made from. @returns whether it was still that */
async function swap(
  scope: TenantScope,
  key: ReturnType<typeof keyOf>,
  version: number | undefined,
  after: Circuit,
): Promise<boolean> {
  if (version === undefined) {
    const inserted = await scope.db
      .insert(aiCircuits)
      .values({ ...key, ...after, version: 1 })
      .onConflictDoNothing()
      .returning({ version: aiCircuits.version });
    return inserted.length > 0;
  }
  const written = await scope.db
    .update(aiCircuits)
    .set({ ...after, version: version + 1 })
    .where(and(eq(aiCircuits.tenantId, key.tenantId), eq(aiCircuits.name, key.name), eq(aiCircuits.version, version)))
    .returning({ version: aiCircuits.version });
  return written.length > 0;
}

/** Moves the shared state on. @returns undefined when others were ahead each time */
async function change<T>(
  scope: TenantScope,
  model: SummaryModel,
  next: (circuit: Circuit) => { circuit: Circuit; result: T },
): Promise<T | undefined> {
  const key = keyOf(model);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await scope.db
      .select()
      .from(aiCircuits)
      .where(and(eq(aiCircuits.tenantId, key.tenantId), eq(aiCircuits.name, key.name)))
      .get();
    const before: Circuit =
      row === undefined
        ? CLOSED
        : {
            failures: row.failures,
            openUntil: row.openUntil,
            trips: row.trips,
            epoch: row.epoch,
            probeUntil: row.probeUntil,
          };
    const { circuit, result } = next(before);
    // Mostly nothing changes: then nothing is written.
    if (circuit === before || (await swap(scope, key, row?.version, circuit))) return result;
  }
  return undefined;
}

/** A call that the circuit has let through. */
export interface Admission {
  epoch: number;
}

/** Lets a call through, or not. */
export async function enterCircuit(scope: TenantScope, model: SummaryModel): Promise<Admission | undefined> {
  return await change(scope, model, (before) => {
    const { admitted, circuit } = admit(before, scope.now());
    return { circuit, result: admitted ? { epoch: circuit.epoch } : undefined };
  });
}

/** Says how a call has ended; `undefined` when it never went out. */
export async function leaveCircuit(
  scope: TenantScope,
  model: SummaryModel,
  { epoch }: Admission,
  outcome: Outcome | undefined,
): Promise<void> {
  await change(scope, model, (before) => ({
    circuit: outcome === undefined ? withdraw(before, epoch) : record(before, outcome, epoch, scope.now()),
    result: undefined,
  }));
}
