import { BoundedCache, owned } from "./bounded-cache.ts";
import type { Token } from "./classes.ts";
import { parseKey, templateOf } from "./grammar.ts";
import type { Span } from "./key-builder.ts";
import { scan } from "./scan.ts";

/** Characters of keys and templates kept in each of two generations: at most 16 MB of an isolate's 128 in UTF-16. */
const CACHE_CHARACTERS = 2_000_000;

const templates = new BoundedCache<string>(CACHE_CHARACTERS);

/**
 * The template of a message of one line. The message is scanned once; the result keys a cache in front of the full
 * rules. They see nothing but that key, so that neither order, nor restarts, nor replicas can change a template.
 */
export function templateText(message: string): string {
  const key = scan(message);
  const known = templates.get(key);
  if (known !== undefined) return known;
  const made = templateOf(parseKey(owned(key)));
  templates.set(key, made, made.length);
  return made;
}

/** Maps an offset of the key back to the message. `after` takes the end of a mark that the offset falls into. */
function toMessage(spans: readonly Span[], offset: number, after: boolean): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span !== undefined && span.keyEnd < offset + (after ? 0 : 1)) low = middle + 1;
    else high = middle;
  }
  const span = spans[low];
  if (span !== undefined && span.keyStart < offset + (after ? 0 : 1) && offset <= span.keyEnd) {
    if (after && offset > span.keyStart) return span.end;
    if (!after && offset < span.keyEnd) return span.start;
  }
  const before = spans[low - 1];
  return before === undefined ? offset : before.end + (offset - before.keyEnd);
}

/**
 * The template of a message with the parts that were masked, in their order, without overlaps.
 * `template(x).template` equals `group(x)` for messages of one line.
 */
export function template(message: string): { template: string; tokens: Token[] } {
  const spans: Span[] = [];
  const pieces = parseKey(scan(message, spans));
  const tokens: Token[] = [];
  for (const piece of pieces) {
    if (piece.class === undefined) continue;
    tokens.push({
      class: piece.class,
      start: toMessage(spans, piece.start, false),
      end: toMessage(spans, piece.end, true),
    });
  }
  return { template: templateOf(pieces), tokens };
}
