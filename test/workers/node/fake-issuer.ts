import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";
import { authorize, OAuthProblem, redeem } from "./fake-issuer/authorize.ts";
import {
  claimsOf,
  documentOf,
  keySet,
  type Manner,
  makeRealm,
  type Realm,
  rotate,
  signingKey,
} from "./fake-issuer/realm.ts";
import { makeToken } from "./fake-issuer/tokens.ts";
import { serveOnLoopback } from "./loopback.ts";

const realms = new Map<string, Realm>();

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Begins like an answer, and never ends. */
function pour(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write("{");
  const more = (): void => {
    while (!response.destroyed && response.write(" ".repeat(16_384)));
  };
  response.on("drain", more);
  more();
}

function misbehave(response: ServerResponse, manner: Manner, elsewhere: string): void {
  if (manner === "endless") pour(response);
  else if (manner === "error") send(response, 500, { error: "server_error" });
  else if (manner === "redirect") response.writeHead(307, { location: elsewhere }).end();
  else if (manner === "garbage") response.writeHead(200, { "content-type": "application/json" }).end("<html>");
  // One that is silent says nothing until the client gives up.
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}

async function exchange(realm: Realm, request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
  const type = request.headers["content-type"] ?? "";
  if (request.method !== "POST" || !type.startsWith("application/x-www-form-urlencoded")) {
    throw new OAuthProblem("invalid_request");
  }
  const { nonce } = redeem(realm, request.headers.authorization ?? "", new URLSearchParams(body));
  const idToken = await makeToken(claimsOf(realm, { nonce }), signingKey(realm), realm.script.forgery);
  send(response, 200, {
    access_token: crypto.randomUUID(),
    token_type: "Bearer",
    id_token: idToken,
    expires_in: 3_600,
  });
}

/** What a test tells the realm, and asks of it; no issuer has these pages. */
async function control(realm: Realm, page: string, text: string): Promise<unknown> {
  const body: unknown = JSON.parse(text === "" ? "{}" : text);
  if (typeof body !== "object" || body === null) throw new Error("not an object");
  if (page === "script") realm.script = body;
  else if (page === "rotate") await rotate(realm, "alg" in body ? String(body.alg) : "RS256", "keep" in body);
  else if (page === "mint") {
    return { token: await makeToken(claimsOf(realm, { type: "app" }), signingKey(realm), realm.script.forgery) };
  }
  return realm.calls;
}

async function answer(realm: Realm, page: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await read(request);
  const url = new URL(request.url ?? "/", "http://fake-issuer");
  if (page.startsWith("control/")) return send(response, 200, await control(realm, page.slice(8), body));
  realm.calls[page] = (realm.calls[page] ?? 0) + 1;
  const { discovery, jwks, token } = realm.script;
  const keys = { manner: jwks, answer: () => send(response, 200, keySet(realm)) };
  const pages: Record<string, { manner?: Manner | undefined; answer: () => unknown }> = {
    ".well-known/openid-configuration": { manner: discovery, answer: () => send(response, 200, documentOf(realm)) },
    jwks: keys,
    "cdn-cgi/access/certs": keys,
    authorize: {
      answer: () => response.writeHead(302, { location: authorize(realm, url.searchParams).href }).end(),
    },
    token: { manner: token, answer: () => exchange(realm, request, response, body) },
  };
  const found = pages[page];
  if (found === undefined) send(response, 404, {});
  else if (found.manner === undefined) await found.answer();
  else misbehave(response, found.manner, `${realm.issuer}/elsewhere`);
}

/** `/realms` makes a realm; `/<realm>/…` is its. */
async function handle(base: () => string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = ""] = (request.url ?? "/").split("?");
  const [, name = "", ...page] = path.split("/");
  if (name === "realms") {
    const id = crypto.randomUUID();
    realms.set(id, await makeRealm(`${base()}/${id}`, JSON.parse(await read(request))));
    return send(response, 200, { issuer: `${base()}/${id}` });
  }
  const realm = realms.get(name);
  if (realm === undefined) return send(response, 404, {});
  try {
    await answer(realm, page.join("/"), request, response);
  } catch (error) {
    if (!(error instanceof OAuthProblem)) throw error;
    send(response, error.status, { error: error.error });
  }
}

/** Issuers (OpenID Connect) that check what they get as real ones do, and misbehave when a test asks. Vitest's globalSetup. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let url = "";
  const server = await serveOnLoopback((request, response) => handle(() => url, request, response));
  url = server.url;
  project.provide("issuerUrl", url);
  return server.stop;
}

declare module "vitest" {
  interface ProvidedContext {
    issuerUrl: string;
  }
}
