/** A queue consumer ends after 15 minutes: a turn that is older died without giving it back. */
const LOST_MS = 15 * 60 * 1000;

let takenAt: number | undefined;

/**
 * Does a piece of work unless another is under way in this isolate: a merge takes most of the 128 MB that all requests
 * of an isolate share.
 * @param now Unix ms
 * @returns whether it was done; waiting is no way, as a request must not await what belongs to another one
 */
export async function inTurn(now: number, work: () => Promise<void>): Promise<boolean> {
  if (takenAt !== undefined && now - takenAt < LOST_MS) return false;
  takenAt = now;
  try {
    await work();
  } finally {
    if (takenAt === now) takenAt = undefined;
  }
  return true;
}
