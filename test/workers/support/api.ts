import * as z from "zod";
import { call, problemOf } from "./http.ts";

/** What came of a request: a status, with the code and words of a problem, or the JSON of an answer. */
export interface Outcome {
  status: number;
  code?: string;
  detail?: string;
  json: unknown;
}

/** Asks as whoever holds the credential: an API key, or an access token. */
export async function api(credential: string, method: string, path: string, body?: unknown): Promise<Outcome> {
  const response = await call(`/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${credential}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) return { ...(await problemOf(response)), json: undefined };
  const text = await response.text();
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
}

/** A request that must succeed. @returns what was answered */
export async function must<T extends z.ZodType>(
  schema: T,
  credential: string,
  ...request: [method: string, path: string, body?: unknown]
): Promise<z.infer<T>> {
  const { status, code, detail, json } = await api(credential, ...request);
  if (code !== undefined) throw new Error(`${request[0]} ${request[1]}: ${status} ${code} ${detail}`);
  return schema.parse(json);
}

const Act = z.strictObject({
  id: z.uuid(),
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
  requestId: z.string().nullable(),
  actorEmail: z.string().nullable(),
  targetEmail: z.string().nullable(),
});
export const Acts = z.strictObject({ acts: z.array(Act), nextCursor: z.string().nullable() });

/** The tenant's audit log, newest first. */
export async function actsOf(credential: string, query = "") {
  return (await must(Acts, credential, "GET", `/audit?limit=1000&${query}`)).acts;
}
