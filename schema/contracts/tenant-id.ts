/**
 * A tenant's id that a credential, an envelope of our own or the database vouches for. Columns of D1 take no plain
 * string: a query asks for the id of a scope (services/platform.ts), and nothing that a client sends can be one.
 */
export type TenantId = string & { readonly brand: "TenantId" };

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text has the form of a tenant's id: a UUID in lower case. */
export function isTenantId(text: string): text is TenantId {
  return FORM.test(text);
}
