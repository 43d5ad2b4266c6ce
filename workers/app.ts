import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { Log0Error } from "../core/errors.ts";
import { type AppEnv, guard } from "./context.ts";
import { platformOf } from "./platform.ts";
import { problem } from "./problem.ts";
import { channels } from "./routes/channels/index.ts";
import { deadLetters } from "./routes/dead-letters/index.ts";
import { grouping } from "./routes/grouping/index.ts";
import { incidents } from "./routes/incidents/index.ts";
import { ingest } from "./routes/ingest/index.ts";
import { live } from "./routes/live/index.ts";
import { logs } from "./routes/logs/index.ts";
import { slack } from "./routes/slack/index.ts";
import { summaries } from "./routes/summaries/index.ts";

const api = new Hono<AppEnv>()
  .use(guard)
  .route("/", ingest)
  .route("/", logs)
  .route("/", live)
  .route("/", incidents)
  .route("/", summaries)
  .route("/", grouping)
  .route("/", channels)
  .route("/", slack)
  .route("/", deadLetters);

/** `/api/v1/*` is canonical; `/v1/*` is the same router, because the documents that log0 came from use both. */
export const app = new Hono<AppEnv>()
  .use(requestId())
  .use(async (c, next) => {
    c.set("platform", platformOf(c.env));
    await next();
  })
  .get("/health", (c) => c.json({ status: "ok" }))
  // The documents that log0 came from have it at the root.
  .route("/", new Hono<AppEnv>().use("/live/*", guard).route("/", live))
  .route("/api/v1", api)
  .route("/v1", api)
  .notFound((c) => problem(c, new Log0Error("not_found", "there is nothing at this address")))
  .onError((error, c) => problem(c, error));
