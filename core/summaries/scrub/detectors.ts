import { emails, ipv4, ipv6 } from "./addresses.ts";
import { jsonWebTokens, privateKeys } from "./keys.ts";
import type { Detector } from "./marks.ts";
import { cards, ibans, socialSecurityNumbers } from "./numbers.ts";
import { pairs } from "./pairs.ts";
import { phones } from "./phones.ts";
import { phrases } from "./phrases.ts";
import { dsnPasswords, urlPasswords } from "./urls.ts";
import { vendorTokens } from "./vendors.ts";

/**
 * In this order: what shows by its form alone, so that its mark names it; then what its surroundings tell, while they
 * are whole; numbers last, the stricter ones before the looser ones.
 */
export const DETECTORS: readonly Detector[] = [
  privateKeys,
  jsonWebTokens,
  vendorTokens,
  urlPasswords,
  dsnPasswords,
  pairs,
  phrases,
  emails,
  ibans,
  cards,
  socialSecurityNumbers,
  ipv6,
  ipv4,
  phones,
];
