import * as z from "zod";

/** What a user is in a tenant, the mightiest first. A member is the engineer. */
export const ROLES = ["owner", "admin", "member", "viewer"] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** What an API key may do; a key has one or more. */
export const SCOPES = ["ingest", "read", "admin"] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;
