import { Log0Error } from "../errors.ts";

/** So that it fits into a cookie with everything else. */
const MAX_CHARACTERS = 1_000;

/** Stands for the deployment's own address: whatever leads away from it is refused. */
const HERE = "https://here.invalid";

/** Browsers leave some of them out of a URL, so that `/\t/evil.example` would become `//evil.example`. */
function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}

/**
 * Where a browser goes on after signing in, as a path that can be put behind the deployment's origin, percent-encoded.
 * @param text a path with an optional query and fragment, from anybody
 * @throws Log0Error invalid_query for whatever could lead to another origin
 */
export function returnPath(text: string): string {
  const refused = new Log0Error("invalid_query", "query.returnTo: must be a path of this site, such as /incidents");
  if (!text.startsWith("/") || /^\/[/\\]/.test(text) || text.includes("\\") || hasControlCharacter(text)) throw refused;
  if (text.length > MAX_CHARACTERS || !URL.canParse(text, HERE)) throw refused;
  const { origin, pathname, search, hash } = new URL(text, HERE);
  const path = `${pathname}${search}${hash}`;
  // `/.//evil.example` becomes `//evil.example`.
  if (origin !== HERE || pathname.startsWith("//") || path.length > MAX_CHARACTERS) throw refused;
  return path;
}
