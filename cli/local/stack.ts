import { createWriteStream, type WriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { provisionDemoTenant } from "./demo-tenant.ts";
import { type Inbox, startInbox } from "./inbox.ts";
import { migrateLocally } from "./migrate.ts";
import { availablePort } from "./ports.ts";
import type { Addresses } from "./report.ts";
import { bundle, type LocalSystem, startSystem } from "./system.ts";

/** The ports that wrangler.toml's PUBLIC_URL and SLACK_API_URL speak of. */
export const DEFAULT_PORT = 8787;
export const DEFAULT_INBOX_PORT = 8788;

/** As often as wrangler.toml's cron trigger. */
const CRON = "* * * * *";
const CRON_MS = 60_000;

export interface StackOptions {
  /** 0 for a free one. */
  port: number;
  inboxPort: number;
  /** Of wrangler and Miniflare; the inbox's messages lie in it too. */
  stateDirectory: string;
  /** Where the Worker's console and workerd's own warnings go. */
  logFile: string;
}

/** The whole local system: database, inbox, the Worker in workerd, and the clock that triggers its cron. */
export class LocalStack {
  private readonly options: StackOptions;
  private inbox: Inbox | undefined;
  private system: LocalSystem | undefined;
  private cron: NodeJS.Timeout | undefined;
  private log: WriteStream | undefined;

  constructor(options: StackOptions) {
    this.options = options;
  }

  /**
   * Starts everything. Whatever has come up when it fails is stopped by `stop`.
   *
   * @param withTenant whether to provision the tenant `demo` and return a key of it
   * @throws UsageError when a port is taken; WranglerError when the database or the bundle cannot be made
   */
  async start({ withTenant }: { withTenant: boolean }): Promise<{ addresses: Addresses; key: string | undefined }> {
    const { stateDirectory, logFile } = this.options;
    // Both before anything slow begins.
    const port = await availablePort(this.options.port, "--port");
    const inboxPort = await availablePort(this.options.inboxPort, "--inbox-port");
    const inbox = await startInbox({
      port: inboxPort,
      file: join(stateDirectory, "inbox.json"),
      workerUrl: `http://127.0.0.1:${port}`,
    });
    this.inbox = inbox;
    const [key, script] = await Promise.all([this.prepareDatabase(withTenant), bundle()]);
    const log = createWriteStream(logFile);
    this.log = log;
    const system = await startSystem({
      port,
      persistTo: stateDirectory,
      script,
      // Only where wrangler.toml is wrong about them: `.dev.vars` may name a real Slack.
      vars: {
        ...(port === DEFAULT_PORT ? {} : { PUBLIC_URL: `http://127.0.0.1:${port}` }),
        ...(inboxPort === DEFAULT_INBOX_PORT ? {} : { SLACK_API_URL: inbox.apiUrl, EMAIL_API_URL: inbox.emailUrl }),
      },
      log: (line) => log.write(`${new Date().toISOString()} ${line}\n`),
    });
    this.system = system;
    await rm(dirname(script), { recursive: true, force: true });
    await this.startCron(system);
    const { url, slackApiUrl } = system;
    return { addresses: { url, inboxUrl: inbox.url, slackApiUrl, slackIsInbox: slackApiUrl === inbox.apiUrl }, key };
  }

  async stop(): Promise<void> {
    clearInterval(this.cron);
    await this.system?.stop();
    await this.inbox?.close();
    this.log?.end();
  }

  private async prepareDatabase(withTenant: boolean): Promise<string | undefined> {
    await migrateLocally(this.options.stateDirectory);
    return withTenant ? await provisionDemoTenant(this.options.stateDirectory, Date.now()) : undefined;
  }

  /** Miniflare triggers no crons by itself, and the outbox is swept by one. */
  private async startCron({ miniflare }: LocalSystem): Promise<void> {
    const worker = await miniflare.getWorker();
    this.cron = setInterval(() => {
      worker
        .scheduled({ scheduledTime: new Date(), cron: CRON })
        .catch((error: unknown) => this.log?.write(`cron: ${String(error)}\n`));
    }, CRON_MS);
  }
}
