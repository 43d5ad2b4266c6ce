import { errorMessage } from "../../core/errors.ts";
import type { TenantScope } from "../platform.ts";
import { noteDelivered, noteFailure } from "./note-outcome.ts";

/**
 * Sends something to a channel, and notes how that went. Where noting fails the sending still counts: what was sent
 * cannot be taken back, and must not be sent again for that.
 */
export async function reach<T>(scope: TenantScope, channelId: string, send: () => Promise<T>): Promise<T> {
  const quietly = (noting: Promise<void>) =>
    noting.catch((error: unknown) => {
      console.warn({ message: "how a channel does could not be noted", channelId, error: errorMessage(error) });
    });
  try {
    const result = await send();
    await quietly(noteDelivered(scope, channelId));
    return result;
  } catch (error) {
    await quietly(noteFailure(scope, channelId, error));
    throw error;
  }
}
