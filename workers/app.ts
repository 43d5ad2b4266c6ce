import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { Log0Error } from "../core/errors.ts";
import { type AppEnv, guard } from "./context.ts";
import { limited } from "./limits/limited.ts";
import { platformOf } from "./platform.ts";
import { problem } from "./problem.ts";
import { audit } from "./routes/audit/index.ts";
import { auth, uncached } from "./routes/auth/index.ts";
import { channels } from "./routes/channels/index.ts";
import { deadLetters } from "./routes/dead-letters/index.ts";
import { grouping } from "./routes/grouping/index.ts";
import { incidents } from "./routes/incidents/index.ts";
import { ingest } from "./routes/ingest/index.ts";
import { keys } from "./routes/keys/index.ts";
import { live } from "./routes/live/index.ts";
import { logs } from "./routes/logs/index.ts";
import { members } from "./routes/members/index.ts";
import { oidc } from "./routes/oidc/index.ts";
import { settings } from "./routes/settings/index.ts";
import { slack } from "./routes/slack/index.ts";
import { sources } from "./routes/sources/index.ts";
import { summaries } from "./routes/summaries/index.ts";
import { tenant } from "./routes/tenant/index.ts";
import { usage } from "./routes/usage/index.ts";
import { crossOrigin, secured } from "./security.ts";

const api = new Hono<AppEnv>()
  .use("/auth/*", uncached)
  .use(guard)
  .use(limited)
  .route("/", auth)
  .route("/", ingest)
  .route("/", logs)
  .route("/", live)
  .route("/", incidents)
  .route("/", summaries)
  .route("/", grouping)
  .route("/", channels)
  .route("/", slack)
  .route("/", sources)
  .route("/", keys)
  .route("/", members)
  .route("/", settings)
  .route("/", audit)
  .route("/", oidc)
  .route("/", deadLetters)
  .route("/", usage)
  .route("/", tenant);

/** `/api/v1/*` is canonical; `/v1/*` is the same router, because the documents that log0 came from use both. */
export const app = new Hono<AppEnv>()
  .use(requestId())
  .use(secured)
  .use(crossOrigin)
  .use(async (c, next) => {
    c.set("platform", platformOf(c.env));
    await next();
  })
  .get("/health", (c) => c.json({ status: "ok" }))
  // The documents that log0 came from have it at the root.
  .route("/", new Hono<AppEnv>().use("/live/*", guard, limited).route("/", live))
  .route("/api/v1", api)
  .route("/v1", api)
  .notFound((c) => problem(c, new Log0Error("not_found", "there is nothing at this address")))
  .onError((error, c) => problem(c, error));
