import { errorMessage, Log0Error } from "../../core/errors.ts";
import type { TenantScope } from "../platform.ts";
import { noteDelivered, noteFailure } from "./note-outcome.ts";

/** What is to be sent is at fault, or another sender is at it: that says nothing of the channel. */
const isOurs = (error: unknown) =>
  error instanceof Log0Error && (error.code === "conflict" || error.code === "not_found");

/**
 * Sends something to a channel, and notes how that went. Where noting fails the sending still counts: what was sent
 * cannot be taken back, and must not be sent again for that.
 * @param send answers false when there was nothing to send: then nothing is known of the channel
 */
export async function reach<T>(scope: TenantScope, channelId: string, send: () => Promise<T>): Promise<T> {
  const quietly = (noting: Promise<void>) =>
    noting.catch((error: unknown) => {
      console.warn({ message: "how a channel does could not be noted", channelId, error: errorMessage(error) });
    });
  try {
    const result = await send();
    if (result !== false) await quietly(noteDelivered(scope, channelId));
    return result;
  } catch (error) {
    if (!isOurs(error)) await quietly(noteFailure(scope, channelId, error));
    throw error;
  }
}
