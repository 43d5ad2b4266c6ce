/** One JSON event. */
export interface TestEvent {
  message: string;
  level: string;
  timestamp: string;
  [field: string]: unknown;
}

/** Equal events of one template, told apart by a number. Their time is now, unless `at` (Unix ms) says when. */
export function events(
  count: number,
  {
    message = "Connection timeout to gateway after",
    level = "ERROR",
    at = Date.now(),
    ...more
  }: Record<string, unknown> = {},
): TestEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    message: `${String(message)} ${index + 1}ms`,
    level: String(level),
    timestamp: new Date(Number(at)).toISOString(),
    ...more,
  }));
}

export async function gzip(text: string | Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A text that hardly compresses. */
export function noise(bytes: number): string {
  const random = new Uint8Array(bytes / 2);
  for (let at = 0; at < random.length; at += 65_536) crypto.getRandomValues(random.subarray(at, at + 65_536));
  let text = "";
  for (const byte of random) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Lines of some 1.9 KB that compress to a seventh. 700 of them are several queue messages, but one sendBatch. */
export function middling(count = 700): { message: string }[] {
  return Array.from({ length: count }, (_, index) => ({ message: `${index} ${noise(500)} ${"padding ".repeat(160)}` }));
}
