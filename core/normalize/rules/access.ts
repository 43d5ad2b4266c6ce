import type { Piece } from "../pieces.ts";

export function maskAccess(pieces: readonly Piece[]): readonly Piece[] {
  return pieces;
}
