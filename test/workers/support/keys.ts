import * as z from "zod";
import { SCOPES } from "../../../schema/contracts/roles.ts";
import { api, must } from "./api.ts";
import { createKey, createTenant, type Tenant } from "./tenant.ts";

const Key = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().length(11),
  scopes: z.array(z.enum(SCOPES)),
  source: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
  createdBy: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
});
const Made = Key.extend({ key: z.string().regex(/^l0_[A-Za-z0-9_-]{43}$/) });
export const Page = z.strictObject({
  keys: z.array(Key.extend({ createdByEmail: z.string().nullable() })),
  nextCursor: z.string().nullable(),
});

export const keysOf = async (credential: string) => (await must(Page, credential, "GET", "/keys?limit=1000")).keys;
export const makeKey = (credential: string, body: object) => must(Made, credential, "POST", "/keys", body);
export const rotateKey = (credential: string, id: string, body?: object) =>
  must(Made, credential, "POST", `/keys/${id}/rotate`, body);
export const works = async (key: string) => (await api(key, "GET", "/incidents")).status;

/** A tenant with a key that reads. */
export async function withKey(body: object = {}) {
  const tenant = await createTenant();
  return { tenant, made: await makeKey(tenant.key, { name: "ci", scopes: ["read"], ...body }) };
}

/** Fills a tenant up to `count` keys that work, its first one among them. */
export async function fillKeys(tenant: Tenant, count: number): Promise<void> {
  for (let index = 1; index < count; index++) await createKey(tenant.id);
}
