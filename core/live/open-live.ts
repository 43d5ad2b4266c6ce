import * as z from "zod";
import { LiveFilter } from "./live-filter.ts";

/** What the Worker, which has checked the credential, tells the LiveTail object about a new socket. */
export const OpenLive = z.strictObject({
  tenantId: z.string().min(1),
  credential: z.string().min(1),
  shards: z.int().min(1),
  filter: LiveFilter,
  /** Whether the client offered the subprotocol `log0`, which the answer then has to name. */
  subprotocol: z.boolean(),
});
export type OpenLive = z.infer<typeof OpenLive>;

/** In the URL, because headers hold no text beyond Latin-1. The object can be reached by its binding alone. */
export function openUrl(open: OpenLive): string {
  return `https://live-tail/?open=${encodeURIComponent(JSON.stringify(open))}`;
}

/** @throws ZodError, SyntaxError when it did not come from `openUrl` */
export function readOpenUrl(url: string): OpenLive {
  return OpenLive.parse(JSON.parse(new URL(url).searchParams.get("open") ?? ""));
}
