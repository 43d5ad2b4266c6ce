export * from "./channels.ts";
export * from "./grouping.ts";
export * from "./incidents.ts";
export * from "./logs.ts";
export * from "./messaging.ts";
export * from "./slack.ts";
export * from "./summaries.ts";
export * from "./tenants.ts";
