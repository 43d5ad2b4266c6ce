/** The attributes of a log, or undefined when there are none or they are not JSON. */
export function parseAttributes(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A value as text; undefined for null, which is no text, and for lists and objects. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  // A number beyond a double's range reads as infinite, which nobody wrote.
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === "boolean" ? String(value) : undefined;
}

/** The texts, numbers and truth values of attributes at any depth, without their keys. */
export function textsOfAttributes(attributes: unknown): string[] {
  const texts: string[] = [];
  // A list of its own instead of recursion: a client's JSON may be nested deeper than the stack.
  const open: unknown[] = [attributes];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "object" && value !== null) {
      for (const child of Object.values(value)) open.push(child);
    } else {
      const text = textOf(value);
      if (text !== undefined) texts.push(text);
    }
  }
  return texts;
}

/**
 * Whether a value at a path passes a test. A key may hold dots itself, so `a.b.c` is tried as "a" → "b.c" and as
 * "a.b" → "c" too. A list stands for each of its elements, or for one of them when the path has its number. Each value
 * is visited once, because each is reached by one sequence of keys.
 */
export function someAt(attributes: unknown, path: readonly string[], test: (value: unknown) => boolean): boolean {
  const open: { value: unknown; depth: number }[] = [{ value: attributes, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (Array.isArray(value)) {
      const element: unknown = isIndex(path[depth]) ? value[Number(path[depth])] : undefined;
      if (element !== undefined) open.push({ value: element, depth: depth + 1 });
      else for (const each of value) open.push({ value: each, depth });
    } else if (depth === path.length) {
      if (test(value)) return true;
    } else if (isRecord(value)) {
      let key = "";
      for (let end = depth; end < path.length; end++) {
        key = end === depth ? `${path[end]}` : `${key}.${path[end]}`;
        if (Object.hasOwn(value, key)) open.push({ value: value[key], depth: end + 1 });
      }
    }
  }
  return false;
}

const isIndex = (segment: string | undefined): boolean => segment !== undefined && /^\d{1,9}$/.test(segment);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
