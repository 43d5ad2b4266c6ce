import type { LimitClass } from "../../core/limits/policies.ts";
import { ACCESS, OPEN } from "./access.ts";

/**
 * The classes of routes that are limited otherwise than their method says, by method and path as in `ACCESS`. All the
 * others: `read` for GET, `write` for what changes something, `open` for what asks for no credential.
 */
export const LIMIT_CLASSES: Readonly<Record<string, LimitClass | "unlimited">> = {
  "POST /logs": "ingest",
  "POST /ingest": "ingest",
  "POST /logs/stream": "ingest",

  "GET /logs": "search",
  "GET /logs/histogram": "search",
  "GET /logs/facets": "search",
  "GET /logs/:eventId": "search",
  "GET /stats": "search",
  "GET /patterns": "search",
  "GET /incidents/:id/samples": "search",
  "GET /patterns/new": "search",
  "POST /grouping/preview": "search",
  "GET /grouping/candidates": "search",
  "GET /logs/export": "export",

  // They come from Slack's addresses, are signed, and Slack does not send them again.
  "POST /slack/interactions": "unlimited",
};

/** @param route as `ACCESS` names it */
export function limitClassOf(route: string): LimitClass | "unlimited" {
  const named = LIMIT_CLASSES[route];
  if (named !== undefined) return named;
  if (ACCESS[route] === OPEN) return "open";
  return route.startsWith("GET ") ? "read" : "write";
}
