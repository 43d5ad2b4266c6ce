import { errors } from "jose";
import * as oauth from "oauth4webapi";
import { Log0Error } from "../../../core/errors.ts";

function reasonOf(error: unknown): string {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    return error.error.replace(/[^\w.-]/g, "?").slice(0, 60);
  }
  const isOwnWords =
    error instanceof Log0Error ||
    error instanceof errors.JOSEError ||
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError;
  return isOwnWords ? error.message.slice(0, 200) : "invalid";
}

/**
 * Tells the operator why nobody came in. Only the libraries' own words, and OAuth's short codes: their causes hold tokens, and
 * what JavaScript says of bad JSON quotes it.
 */
export function logRefusal(method: "oidc" | "access", error: unknown): void {
  console.warn({ message: "a sign-in was refused", method, reason: reasonOf(error) });
}
