/** A refresh token that is not used for so long expires. */
export const REFRESH_MS = 7 * 24 * 3600_000;
/** So long after signing in one has to sign in again, however busy the session is. */
export const ABSOLUTE_MS = 90 * 24 * 3600_000;
/** Two tabs may refresh at once: the token that was just replaced is not taken for stolen within this time. */
export const LEEWAY_MS = 10_000;

/** A refresh token as it was issued. */
export interface RefreshToken {
  /** 1 for the one that signing in gave, and one more each time that it is replaced. */
  readonly generation: number;
  /** Unix ms. */
  readonly issuedAt: number;
}

/** A session: the family of all refresh tokens that descend from one sign-in. Read in one statement with the token. */
export interface Session {
  /** Of the token that is valid now. */
  readonly generation: number;
  /** When somebody signed in, Unix ms. */
  readonly startedAt: number;
  /** When the present token was issued, Unix ms. */
  readonly rotatedAt: number;
  /** Unix ms; null while it lives. */
  readonly revokedAt: number | null;
}

/**
 * - `rotate`: issue the next token and an access token. The write is conditional on the generation; who loses that race
 *   reads and judges again.
 * - `leeway`: issue an access token only. The other request of the same browser already got the next refresh token.
 * - `reused`: somebody else has used the token. Revoke the session: nobody can tell which of the two is the thief.
 * - `expired`, `revoked`: sign in again.
 */
export type RefreshVerdict = "rotate" | "leeway" | "reused" | "expired" | "revoked";

/** When the next refresh token, issued now, expires. @param now Unix ms @returns Unix ms */
export function refreshExpiry(session: Pick<Session, "startedAt">, now: number): number {
  return Math.min(now + REFRESH_MS, session.startedAt + ABSOLUTE_MS);
}

/** What becomes of a refresh token that is presented. @param now Unix ms */
export function judgeRefresh(token: RefreshToken, session: Session, now: number): RefreshVerdict {
  if (session.revokedAt !== null) return "revoked";
  if (now >= session.startedAt + ABSOLUTE_MS) return "expired";
  // Before the token's own age: an old one that was replaced tells of a copy, however late.
  if (token.generation !== session.generation) {
    const preceding = token.generation === session.generation - 1;
    return preceding && now < session.rotatedAt + LEEWAY_MS ? "leeway" : "reused";
  }
  return now < refreshExpiry(session, token.issuedAt) ? "rotate" : "expired";
}
