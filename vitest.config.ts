import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const migrations = await readD1Migrations("schema/migrations");

export default defineConfig({
  test: {
    projects: [
      {
        // Pure code and command-line tools, in Node.
        test: {
          name: "unit",
          include: ["core/**/*.test.ts", "schema/**/*.test.ts", "cli/**/*.test.ts", "bench/**/*.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        // The pipeline, in workerd.
        plugins: [
          cloudflareTest({
            main: "./workers/index.ts",
            remoteBindings: false,
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings: { MIGRATIONS: migrations } },
          }),
        ],
        test: {
          name: "workers",
          include: [
            "test/workers/**/*.test.ts",
            "services/**/*.test.ts",
            "workers/**/*.test.ts",
            "durable-objects/**/*.test.ts",
          ],
          globalSetup: [
            "./test/workers/node/fake-slack.ts",
            "./test/workers/node/fake-receivers.ts",
            "./test/workers/node/fake-llm.ts",
            "./test/workers/node/fake-issuer.ts",
          ],
          setupFiles: ["./test/workers/setup.ts"],
          testTimeout: 120_000,
        },
      },
      {
        // The whole local system, from outside.
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
