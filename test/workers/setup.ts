import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import "./support/secrets-in-logs.ts";

await applyD1Migrations(env.DB, env.MIGRATIONS);
Object.assign(env, { SLACK_API_URL: `${inject("slackUrl")}/api`, EMAIL_API_URL: `${inject("receiversUrl")}/email` });
