import type { D1Migration } from "cloudflare:test";
import type { Env as WorkerEnv } from "../../workers/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends WorkerEnv {
      MIGRATIONS: D1Migration[];
    }
    interface GlobalProps {
      mainModule: typeof import("../../workers/index.ts");
    }
  }
}

declare module "vitest" {
  interface ProvidedContext {
    /** Where the fake Slack of test/workers/node listens. */
    slackUrl: string;
    /** Where the fake model of test/workers/node listens. */
    llmUrl: string;
    /** Where the fake issuers of test/workers/node listen. */
    issuerUrl: string;
    /** Where Discord, the mail server and the webhooks of test/workers/node listen. */
    receiversUrl: string;
  }
}
