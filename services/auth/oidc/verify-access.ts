import { errors, jwtVerify } from "jose";
import * as z from "zod";
import { Log0Error } from "../../../core/errors.ts";
import { issuerUnavailable } from "./fetch-issuer.ts";
import { Email, type Person } from "./finish.ts";
import { keySetAt } from "./key-set.ts";
import { logRefusal } from "./log-refusal.ts";
import { CLOCK_TOLERANCE_SECONDS } from "./provider.ts";

/** A Cloudflare Access application that stands in front of log0. */
export interface AccessApplication {
  /** `https://<team>.cloudflareaccess.com`, without a slash at the end. */
  team: string;
  /** The application's audience tag. */
  audience: string;
}

/** More than any has: garbage is not parsed. */
const MAX_CHARACTERS = 8_192;

/** `org` is the team's own session; a service token has no address. */
const Claims = z.object({ type: z.literal("app"), email: Email });

/**
 * Who comes through Cloudflare Access.
 * @param assertion the header `Cf-Access-Jwt-Assertion`
 * @throws Log0Error unauthorized for whatever is wrong with it; unavailable when the team's keys cannot be had
 */
export async function verifyAccess({ team, audience }: AccessApplication, assertion: string): Promise<Person> {
  const refused = new Log0Error("unauthorized", "the request does not come through Cloudflare Access");
  if (assertion === "" || assertion.length > MAX_CHARACTERS) throw refused;
  try {
    const { payload } = await jwtVerify(assertion, keySetAt(new URL(`${team}/cdn-cgi/access/certs`)), {
      algorithms: ["RS256"],
      issuer: team,
      audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["exp", "iat"],
    });
    const { email } = Claims.parse(payload);
    return { email, name: "" };
  } catch (error) {
    if (error instanceof Log0Error) throw error;
    if (error instanceof errors.JWKSInvalid) throw issuerUnavailable(error);
    logRefusal("access", error);
    throw refused;
  }
}
