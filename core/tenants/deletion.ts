import * as z from "zod";
import { IDLE_MS } from "../clusters/window.ts";

/**
 * The steps of a tenant's deletion, in their order. Each can be repeated, and begins where the one before has left
 * nothing: LiveTail goes before the stores, which it would wake again; the stores go before the windows, which they
 * would tell again; incidents, which name windows, go after them.
 */
export const DELETION_STEPS = [
  /** Waits until no cache lets the tenant in any more. */
  "caches",
  /** LiveTail, and whatever other object a tenant has one of. */
  "objects",
  /** Every LogStore, and the windows that it knows. */
  "stores",
  /** Windows that incidents know. */
  "windows",
  /** R2. */
  "bucket",
  /** People who are members nowhere else. */
  "accounts",
  /** D1, and at last the tenant's own row. */
  "rows",
  /** Waits until every window that nobody could name has ended by itself. */
  "idle",
  /** Counts everything again. */
  "proof",
] as const;
export const DeletionStep = z.enum(DELETION_STEPS);
export type DeletionStep = z.infer<typeof DeletionStep>;

/** The step that a request writes; cli/tenant writes the same. */
export const FIRST_STEP: DeletionStep = "caches";
/** What stands in the place of a step at the end. */
export const FINISHED = "done";

/** The longest cache is 15 s, and sockets are looked at every 15 s; the rest is for requests that are under way. */
export const CACHES_MS = 60_000;

/** A window ends at its alarm, a day after it was last told; alarms may be late. */
export const WINDOWS_END_MS = IDLE_MS + 60 * 60_000;

const Count = z.int().min(0);

/** What was removed, as far as it was counted before a crash. */
const Removed = z.object({
  stores: Count,
  windows: Count,
  objects: Count,
  /** Of R2. */
  keys: Count,
  accounts: Count,
  /** Of D1, without accounts. */
  rows: Count,
});
export type Removed = z.infer<typeof Removed>;

export const Progress = z.object({
  /** Where the step goes on; null at its beginning. */
  at: z.string().nullable(),
  /** Since when (Unix ms) no store can tell a window anything; 0 before. */
  silentSince: Count,
  removed: Removed,
});
export type Progress = z.infer<typeof Progress>;

export const AT_THE_BEGINNING: Progress = {
  at: null,
  silentSince: 0,
  removed: { stores: 0, windows: 0, objects: 0, keys: 0, accounts: 0, rows: 0 },
};

/** What a last sweep has counted, by the step that removes it and by name: a table, a prefix, an object. */
export const Found = z.object({
  objects: z.record(z.string(), Count),
  stores: z.object({ asked: Count, holding: Count }),
  bucket: z.record(z.string(), Count),
  rows: z.record(z.string(), Count),
});
export type Found = z.infer<typeof Found>;

/** What `tenant_deletions.proof` holds. Times in Unix ms. */
export const DeletionProof = z.object({
  provenAt: z.int(),
  /** No window was told anything since then, so that the last one has ended by `windowsEndedBy`. */
  silentSince: z.int(),
  windowsEndedBy: z.int(),
  removed: Removed,
  /** All zero. */
  found: Found,
});
export type DeletionProof = z.infer<typeof DeletionProof>;

/** @returns undefined after the last step */
export function stepAfter(step: DeletionStep): DeletionStep | undefined {
  return DELETION_STEPS[DELETION_STEPS.indexOf(step) + 1];
}

/** The time (Unix ms) before which a step must not begin; 0 when it may at any time. */
export function notBefore(step: DeletionStep, requestedAt: number, { silentSince }: Progress): number {
  if (step === "caches") return requestedAt + CACHES_MS;
  return step === "idle" ? silentSince + WINDOWS_END_MS : 0;
}

/** After a step: what was removed is added up, and since when the stores are silent is noted. */
export function advance(
  progress: Progress,
  step: DeletionStep,
  removed: Partial<Removed>,
  at: string | null,
  now: number,
): Progress {
  const sum = { ...progress.removed };
  for (const [name, count] of Object.entries(Removed.partial().parse(removed))) {
    if (isRemoved(name)) sum[name] += count ?? 0;
  }
  const silent = step === "stores" && at === null;
  return { at, silentSince: silent ? now : progress.silentSince, removed: sum };
}

function isRemoved(name: string): name is keyof Removed {
  return Object.hasOwn(Removed.shape, name);
}

const any = (counts: Readonly<Record<string, number>>) => Object.values(counts).some((count) => count > 0);

/** The earliest step that removes something of what was found; undefined when nothing was. */
export function stepFor(found: Found): DeletionStep | undefined {
  if (any(found.objects)) return "objects";
  if (found.stores.holding > 0) return "stores";
  if (any(found.bucket)) return "bucket";
  return any(found.rows) ? "accounts" : undefined;
}
