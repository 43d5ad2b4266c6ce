import { desc, eq } from "drizzle-orm";
import { type MergeCandidate, mergeCandidates } from "../../core/grouping/candidates.ts";
import { patterns } from "../../schema/tables/logs.ts";
import type { TenantScope } from "../platform.ts";
import { loadAliases } from "./load-grouping.ts";

/** Newest patterns that are compared with each other. */
const MAX_PATTERNS = 2_000;

/** Patterns that people may want to merge: they differ in one word, and are not merged yet. */
export async function listCandidates(scope: TenantScope, limit: number): Promise<MergeCandidate[]> {
  const [known, aliases] = await Promise.all([
    scope.db
      .select({
        fingerprint: patterns.fingerprint,
        serviceName: patterns.serviceName,
        template: patterns.template,
      })
      .from(patterns)
      .where(eq(patterns.tenantId, scope.tenantId))
      .orderBy(desc(patterns.createdAt))
      .limit(MAX_PATTERNS),
    loadAliases(scope),
  ]);
  // Of those that count together already, one stands for all.
  return mergeCandidates(known.filter(({ fingerprint }) => aliases.rootOf(fingerprint) === fingerprint)).slice(
    0,
    limit,
  );
}
