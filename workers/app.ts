import { Hono } from "hono";
import { Log0Error } from "../core/errors.ts";
import { type AppEnv, requireApiKey } from "./context.ts";
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
  .use(requireApiKey)
  .route("/", ingest)
  .route("/", logs)
  .route("/", incidents)
  .route("/", summaries)
  .route("/", grouping)
  .route("/", channels)
  .route("/", deadLetters);

/** `/api/v1/*` is canonical; `/v1/*` is the same router, because the documents that log0 came from use both. */
export const app = new Hono<AppEnv>()
  .use(async (c, next) => {
    c.set("platform", platformOf(c.env));
    await next();
  })
  .get("/health", (c) => c.json({ status: "ok" }))
  .route("/", live)
  .route("/", slack)
  .route("/api/v1", api)
  .route("/v1", api)
  .notFound((c) => problem(c, new Log0Error("not_found", "there is nothing at this address")))
  .onError((error, c) => problem(c, error));
