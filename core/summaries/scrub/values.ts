import type { Form } from "./names.ts";

/** What stands in the place of a secret without being one. */
const HARMLESS = new Set(
  "true false null nil none undefined nan empty unset missing required optional present absent invalid valid incorrect wrong bad expired expires expiring revoked rotated unknown unauthorized unauthenticated forbidden denied rejected disabled enabled locked mismatch failed failure error ok yes no on off set updated changed changing reset resetting deleted created generated refreshed refreshing redacted hidden masked filtered removed scrubbed secret password passwd token string bytes object bearer basic digest default must should cannot can is was has not does too for of in the a an to from with at and or but found malformed verification authentication authorization validation attempt attempts provided given sent received strength policy does contains length md5 sha1 sha256 sha384 sha512 hs256 rs256 es256".split(
    " ",
  ),
);

/** Placeholders: `***`, `xxxx`, `<secret>`, `[FILTERED]`, `${DB_PASSWORD}`, `{{ token }}`, `%s`, `(hidden)`, `$1`. */
const PLACEHOLDER =
  /^(?:[*•.\-#_?]+|x{2,64}|X{2,64}|<[^<>]{0,64}>|[[(][A-Za-z _-]{0,32}[\])]|\$\{[^{}]{0,64}\}?|\$\([^()]{0,64}\)?|\$\d{1,2}|\$[A-Z][A-Z0-9_]{1,40}|\{\{[^{}]{0,64}(?:\}\})?|\{[A-Za-z_]{0,32}\}|%[sdvq]|%\([a-z_]{1,32}\)s|:[a-z_]{1,32}|@[a-z_]{1,32}|process\.env\.[A-Z0-9_]{1,64})$/;

/** Whether a value looks like a secret by itself. */
export function looksSecret(value: string): boolean {
  if (/^\d+$/.test(value)) return value.length >= 8;
  // Numbers in parts are ids, times and versions.
  if (/\d/.test(value)) return value.length >= 6 && !/^[\d.,:_-]+[a-z]{0,2}$/.test(value);
  return value.length >= 20 ? !/^[a-z]+(?:[-_ .][a-z]+)*$/.test(value) : hasMixedCase(value);
}

/** Capitals inside, as random letters have and names in camel case do not: two changes from small letters to capitals. */
function hasMixedCase(value: string): boolean {
  return value.length >= 8 && /[a-z][A-Z]/.test(value) && /[A-Z]{2}/.test(value);
}

const isHarmless = (value: string) =>
  value.length <= 40 && HARMLESS.has(value.replace(/[.,;:!?)]+$/, "").toLowerCase());

/** Whether the value of a secret's key is to be masked. */
export function isSecretValue(form: Form, value: string): boolean {
  const bare = value.trim();
  if (bare === "" || isHarmless(bare) || PLACEHOLDER.test(bare)) return false;
  switch (form) {
    case "any":
      return bare.length > 1;
    case "secret":
      return looksSecret(bare);
    case "code":
      return bare.length <= 12 && /\d{3}/.test(bare) && /^[\w -]+$/.test(bare);
    case "digits": {
      const digits = bare.replace(/[^\d]/g, "").length;
      return digits >= 4 && digits <= 17 && /^[+\d ()./-]+$/.test(bare);
    }
    case "header":
    case "line":
      return true;
  }
}
