import { join } from "node:path";
import { expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import { QUEUES } from "../schema/contracts/index.ts";
import { projectRoot } from "./wrangler.ts";

const Consumers = z.array(z.object({ queue: z.string(), dead_letter_queue: z.string().optional() }));

const config = join(projectRoot, "wrangler.toml");
const local = unstable_readConfig({ config }, { hideWarnings: true });
const production = unstable_readConfig({ config, env: "production" }, { hideWarnings: true });

test.each([
  ["queues", (of: typeof local) => of.queues],
  ["Durable Objects", (of: typeof local) => of.durable_objects],
  ["class migrations", (of: typeof local) => of.migrations],
  ["crons", (of: typeof local) => of.triggers],
  ["rate limits", (of: typeof local) => of.ratelimits],
  ["buckets", (of: typeof local) => of.r2_buckets],
])("production has the same %s as the local system", (_, part) => {
  expect(part(production)).toEqual(part(local));
});

test("every queue has a consumer and a backstop", () => {
  const consumers = new Map(Consumers.parse(local.queues.consumers).map((consumer) => [consumer.queue, consumer]));
  for (const queue of QUEUES) expect(consumers.get(queue)?.dead_letter_queue, queue).toBe("raw-logs-dlq");
  expect(consumers.has("raw-logs-dlq")).toBe(true);
});

test("only production asks for Workers AI, which would make a local start demand a login", () => {
  expect(local.ai).toBeUndefined();
  expect(production.ai?.binding).toBe("AI");
  expect(local.vars.SUMMARIZER).toBe("extractive");
});

test("only a developer's machine lets tenants set URLs of the machine itself, and takes e-mail into the inbox", () => {
  expect(local.vars.ALLOW_LOCAL_URLS).toBe("true");
  expect(local.send_email).toEqual([]);
  expect(production.vars).not.toHaveProperty("ALLOW_LOCAL_URLS");
  expect(production.vars).not.toHaveProperty("EMAIL_API_URL");
  expect(production.send_email).toMatchObject([{ name: "EMAIL" }]);
});
