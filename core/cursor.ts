import * as z from "zod";
import { Log0Error } from "./errors.ts";

/** Where a page of a list sorted by (time descending, id descending) ended. */
export interface Cursor {
  /** Unix ms. */
  at: number;
  id: string;
}

const Parts = z.tuple([
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number),
  // A UUID, or a fingerprint.
  z.string().regex(/^[0-9a-f-]{36,64}$/),
]);

/** An opaque, URL-safe cursor. It names no tenant: the tenant comes from the credential, always. */
export function encodeCursor(cursor: Cursor): string {
  return `${cursor.at}_${cursor.id}`;
}

/** @throws Log0Error invalid_cursor */
export function decodeCursor(text: string): Cursor {
  const parts = Parts.safeParse(text.split("_"));
  if (!parts.success) throw new Log0Error("invalid_cursor", "the cursor is not one that this API gave out");
  return { at: parts.data[0], id: parts.data[1] };
}

/** Cuts a list that was read one row too far into a page, with the cursor of the next. */
export function pageOf<T>(rows: readonly T[], limit: number, cursorOf: (row: T) => Cursor) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}
