import { objectsOf } from "./places.ts";
import type { Turn, TurnResult } from "./turn.ts";

/** Wipes the objects that a tenant has one of: sockets are closed, and no store is asked to feed them any more. */
export async function wipeObjects({ scope }: Turn): Promise<TurnResult> {
  const objects = Object.values(objectsOf(scope));
  for (const object of objects) await object.wipe();
  return { at: null, removed: { objects: objects.length }, cost: objects.length };
}
