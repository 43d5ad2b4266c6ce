import type * as z from "zod";
import { invalidToken, SignedTokens } from "./signed-token.ts";

/** Time to come back from the page of another service. */
export const STATE_MS = 10 * 60_000;

/**
 * What a browser keeps for us in a cookie while somebody signs in elsewhere (OIDC, OAuth): signed, for one purpose, for 10
 * minutes. It can be read by its owner and presented again until it expires: what must be used once is bound to
 * something that the other side takes only once (an authorization code).
 */
export class SignedState {
  private readonly tokens: SignedTokens;

  /** See `AccessTokens`. */
  constructor(secretKeys: string, issuer: string) {
    this.tokens = new SignedTokens(secretKeys, issuer, "state");
  }

  /**
   * @param purpose the flow and, where there are several, the provider: what is signed for one is worth nothing in another
   * @param nowMs Unix ms
   * @throws RangeError when it would not fit into a cookie (4096 characters)
   */
  async sign(purpose: string, state: Readonly<Record<string, unknown>>, nowMs: number): Promise<string> {
    return (await this.tokens.sign({ state }, purpose, STATE_MS, nowMs)).token;
  }

  /**
   * @param schema what was signed: a deployment may have changed it meanwhile
   * @param nowMs Unix ms
   * @throws Log0Error unauthorized when it was not signed here for this purpose, has expired or has another form
   */
  async verify<T>(purpose: string, token: string, schema: z.ZodType<T>, nowMs: number): Promise<T> {
    const payload = await this.tokens.verify(token, purpose, nowMs);
    const state = schema.safeParse(payload.state);
    if (!state.success) throw invalidToken();
    return state.data;
  }
}
