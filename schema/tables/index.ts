export * from "./grouping.ts";
export * from "./incidents.ts";
export * from "./logs.ts";
export * from "./messaging.ts";
export * from "./tenants.ts";
