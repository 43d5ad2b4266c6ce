import type { Permission } from "../../core/auth/permissions.ts";
import type { Source } from "../../core/ingest/chunks.ts";
import type { ParserHint, Plan } from "../../schema/contracts/plans.ts";
import type { Role } from "../../schema/contracts/roles.ts";
import type { TenantId } from "../../schema/contracts/tenant-id.ts";

/** A source as ingest needs it. */
export interface SendingSource extends Source {
  tenantId: TenantId;
  name: string;
  /** Of logs that name none. */
  environment: string;
  parserHint: ParserHint;
  /** LogStore objects that the tenant's chunks are spread over. */
  shards: number;
}

/** The person behind a session. */
export interface SignedIn {
  /** `users.id`: the member of this tenant. */
  userId: string;
  accountId: string;
  sessionId: string;
  email: string;
  role: Role;
}

/** Who calls, as the credential says it. */
export interface Principal {
  tenantId: TenantId;
  /** Whom history and audit name: `key:<id>` or `user:<id>`. */
  actor: string;
  /** What rates and live sockets are kept by: `key:<id>` or `session:<id>`. */
  credential: string;
  permissions: ReadonlySet<Permission>;
  plan: Plan;
  shards: number;
  /** Until then (Unix ms) a store of the tenant is full. */
  blockedUntil: number;
  /** The source that it sends for; undefined where it cannot send. */
  source: SendingSource | undefined;
  /** Undefined for an API key. */
  user: SignedIn | undefined;
}
