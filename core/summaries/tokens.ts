/**
 * Bytes of UTF-8 that are taken for one token. Measured with o200k_base, a byte-level BPE of 200,000 entries, on 4,800
 * log lines of twelve systems: 2.90 bytes a token, 97 in 100 lines above 2, none below 1.8. Text made to be expensive
 * (single digits, rare symbols) has one token a byte: a prompt may take twice what was set aside for it, no more. What a
 * call really took is booked afterwards.
 */
const BYTES_PER_TOKEN = 2;

const encoder = new TextEncoder();

/** A high estimate of the tokens of a text, without knowing the model. */
export function estimateTokens(text: string): number {
  return Math.ceil(encoder.encode(text).byteLength / BYTES_PER_TOKEN);
}
