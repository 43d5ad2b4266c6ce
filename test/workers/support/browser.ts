import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, type MockInstance, vi } from "vitest";
import * as z from "zod";
import worker from "../../../workers/index.ts";
import { problemOf } from "./http.ts";

export const ORIGIN = "http://log0.test";
export const PASSWORD = "seven green bicycles";

/** What no line of the console may hold. */
const secrets = new Set<string>();

export function keepSecret(text: string): void {
  secrets.add(text);
}

const LEVELS = ["log", "info", "warn", "error", "debug"] as const;

/** From here to the end of the file: nothing that the browsers sent or got as a secret is on the console. */
export function guardConsole(): void {
  const spies: MockInstance[] = [];
  beforeAll(() => {
    for (const level of LEVELS) spies.push(vi.spyOn(console, level));
  });
  afterAll(() => {
    const said = JSON.stringify(spies.flatMap((spy) => spy.mock.calls));
    expect(secrets.size).toBeGreaterThan(0);
    for (const secret of secrets) expect(said).not.toContain(secret);
    for (const spy of spies) spy.mockRestore();
  });
}

function keepSecrets(json: unknown): void {
  const fields = z.record(z.string(), z.unknown()).safeParse(json).data ?? {};
  for (const name of ["password", "current", "token", "accessToken"]) {
    const value = fields[name];
    if (typeof value === "string" && value.length >= 8) secrets.add(value);
  }
}

const Granted = z.strictObject({
  accessToken: z.string().min(1),
  tokenType: z.literal("Bearer"),
  expiresAt: z.number(),
  user: z.strictObject({
    id: z.string(),
    accountId: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.string(),
  }),
  tenant: z.strictObject({ id: z.uuid(), name: z.string() }),
  tenants: z.array(z.strictObject({ id: z.uuid(), name: z.string(), role: z.string() })),
});
export type Granted = z.infer<typeof Granted>;

export interface Asking {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

let addresses = 0;

/** A browser of one person: it keeps the cookie and the access token, and has an address of its own. */
export class Browser {
  address = `198.51.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
  cookie: string | undefined;
  /** Of the last answer, as it came. */
  setCookie: string | null = null;
  accessToken: string | undefined;

  /** A second tab: the same cookie at this moment. */
  copy(): Browser {
    const other = new Browser();
    Object.assign(other, { address: this.address, cookie: this.cookie, accessToken: this.accessToken });
    return other;
  }

  /** Asks, and waits for what comes after the answer. JSON goes as JSON; text as it is. */
  async ask(path: string, { method = "POST", body, headers = {} }: Asking = {}): Promise<Response> {
    keepSecrets(body);
    const json = body === undefined || typeof body === "string" ? undefined : JSON.stringify(body);
    const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/api/v1${path}`, {
      method,
      headers: {
        "cf-connecting-ip": this.address,
        "user-agent": "Browser/1.0 (test)",
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(this.accessToken === undefined ? {} : { authorization: `Bearer ${this.accessToken}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: json ?? String(body) }),
    });
    const context = createExecutionContext();
    const response = await worker.fetch(request, env, context);
    await waitOnExecutionContext(context);
    this.take(response.headers.get("set-cookie"));
    return response;
  }

  private take(setCookie: string | null): void {
    this.setCookie = setCookie;
    if (setCookie === null) return;
    const [pair = ""] = setCookie.split(";");
    const value = pair.slice(pair.indexOf("=") + 1);
    this.cookie = value === "" ? undefined : pair;
    if (value !== "") secrets.add(value);
  }

  /** A request that must give an access token. */
  async granted(path: string, body?: unknown): Promise<Granted> {
    const response = await this.ask(path, body === undefined ? {} : { body });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    const granted = Granted.parse(JSON.parse(text));
    keepSecrets(granted);
    this.accessToken = granted.accessToken;
    return granted;
  }

  /** Status and code of what was answered. */
  async outcome(path: string, asking: Asking = {}): Promise<{ status: number; code?: string }> {
    const response = await this.ask(path, asking);
    if (response.ok) return { status: response.status };
    const { status, code } = await problemOf(response);
    return { status, code };
  }

  login(email: string, password = PASSWORD, tenant?: string): Promise<Granted> {
    return this.granted("/auth/login", { email, password, ...(tenant === undefined ? {} : { tenant }) });
  }

  tryLogin(email: string, password = PASSWORD): Promise<{ status: number; code?: string }> {
    return this.outcome("/auth/login", { body: { email, password } });
  }

  refresh(): Promise<Granted> {
    return this.granted("/auth/refresh");
  }

  /** Whether the access token is still believed: 200, or the code of the refusal. */
  async works(): Promise<string | number> {
    const { status, code } = await this.outcome("/incidents", { method: "GET" });
    return code ?? status;
  }
}
