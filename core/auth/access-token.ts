import * as z from "zod";
import { invalidToken, SignedTokens } from "./signed-token.ts";

/** How long an access token lasts. Whether its session lives, and the role, is looked up besides: a log-out need not wait. */
export const ACCESS_MS = 15 * 60_000;

const AUDIENCE = "log0";

const Claims = z.object({ sub: z.string().min(1), sid: z.string().min(1), tid: z.string().min(1) });

/** What an access token says. */
export interface AccessClaims {
  accountId: string;
  sessionId: string;
  /** The tenant that the person works in at the moment; the role there is looked up. */
  tenantId: string;
}

/** The access tokens of people: JWTs of 15 minutes, HS256, claims iss, aud, sub, sid, tid, iat and exp. */
export class AccessTokens {
  private readonly tokens: SignedTokens;

  /**
   * @param secretKeys the deployment's `SECRET_KEYS`
   * @param issuer its public URL
   * @throws Error when the keys cannot be read
   */
  constructor(secretKeys: string, issuer: string) {
    this.tokens = new SignedTokens(secretKeys, issuer, "access token");
  }

  /** @param nowMs Unix ms @returns the token and when it expires, in Unix ms */
  sign(claims: AccessClaims, nowMs: number): Promise<{ token: string; expiresAt: number }> {
    const payload = { sub: claims.accountId, sid: claims.sessionId, tid: claims.tenantId };
    return this.tokens.sign(payload, AUDIENCE, ACCESS_MS, nowMs);
  }

  /**
   * @param nowMs Unix ms
   * @throws Log0Error unauthorized when it was not signed here, has expired, or is anything else than an access token
   */
  async verify(token: string, nowMs: number): Promise<AccessClaims> {
    const claims = Claims.safeParse(await this.tokens.verify(token, AUDIENCE, nowMs));
    if (!claims.success) throw invalidToken();
    return { accountId: claims.data.sub, sessionId: claims.data.sid, tenantId: claims.data.tid };
  }
}
