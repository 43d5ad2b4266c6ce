/** The issuer that the operator trusts for all accounts: OpenID Connect, found by discovery. */
export interface Provider {
  /** As the issuer writes itself; `/.well-known/openid-configuration` is put behind it. */
  issuer: URL;
  clientId: string;
  clientSecret: string;
  /** Where the issuer sends the browser back to. */
  redirectUri: string;
  /** Also without TLS: on a developer's machine and in tests only. */
  allowInsecure: boolean;
  /** Time for each answer, in ms; ten seconds when it is left out. */
  timeoutMs?: number;
}

/** Asymmetric ones alone: with a shared secret, whoever can verify could sign, and a public key could pass for the secret. */
export const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];

/** Between the issuer's clock and ours. */
export const CLOCK_TOLERANCE_SECONDS = 30;
