import { Command, CommanderError } from "commander";
import { startInbox } from "./local/inbox.ts";
import { availablePort } from "./local/ports.ts";
import { DEFAULT_PORT } from "./local/stack.ts";
import { parseInteger, UsageError } from "./tenant/input.ts";

// npm run inbox [-- --port N]: the inbox alone, beside `wrangler dev`. `npm start` brings its own.

const program = new Command("inbox")
  .description("A local inbox that takes the place of Slack and of a mail server.")
  .option("--port <n>", "where wrangler.toml's SLACK_API_URL looks for it", "8788")
  .exitOverride()
  .action(async (options: { port: string }) => {
    const port = parseInteger(options.port, "--port", 0, 65_535);
    const inbox = await startInbox({
      port: await availablePort(port, "--port"),
      workerUrl: `http://127.0.0.1:${DEFAULT_PORT}`,
    });
    console.log(`Inbox on ${inbox.url}, in the place of https://slack.com/api: ${inbox.apiUrl}. Ctrl-C stops it.`);
    const stop = () => void inbox.close();
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof UsageError) console.error(`error: ${error.message}`);
  else if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
