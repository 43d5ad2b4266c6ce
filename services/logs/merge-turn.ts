import { Log0Error } from "../../core/errors.ts";
import type { Platform } from "../platform.ts";

/** A queue consumer ends after 15 minutes: a turn that is older died without giving it back. */
const LOST_MS = 15 * 60 * 1000;

/** Seconds until the message is delivered again, mostly to an isolate that is free. */
const RETRY_SECONDS = 15;

let takenAt: number | undefined;

/**
 * Does a piece of work unless another is under way in this isolate: a merge may take most of the 128 MB, which all
 * requests of an isolate share. (Waiting for the other is no way: a request must not await another one's promise.)
 * @throws Log0Error unavailable
 */
export async function oneAtATime(platform: Platform, work: () => Promise<void>): Promise<void> {
  const now = platform.now();
  if (takenAt !== undefined && now - takenAt < LOST_MS) {
    throw new Log0Error("unavailable", "a merge is under way in this isolate", {
      permanent: false,
      retryAfter: RETRY_SECONDS,
    });
  }
  takenAt = now;
  try {
    await work();
  } finally {
    if (takenAt === now) takenAt = undefined;
  }
}
