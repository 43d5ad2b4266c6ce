import { type Detector, isMasked, type Marker, type PiiClass } from "./marks.ts";
import { isSecretValue, looksSecret } from "./values.ts";

/** A phrase whose first group stays and whose second is the secret where `accepts` says so. Quantifiers are bounded. */
interface Phrase {
  readonly pattern: RegExp;
  readonly class: PiiClass;
  readonly accepts: (value: string) => boolean;
}

const anything = (value: string) => isSecretValue("any", value);

/** Base64 of `user:password`. */
function isBasic(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{6,}={0,2}$/.test(value)) return false;
  const bytes = Buffer.from(value.slice(0, 512), "base64").toString("latin1");
  return /^[\x20-\x7e\xa0-\xff]*$/.test(bytes) && bytes.includes(":");
}

const hasDigit = (value: string) => /\d/.test(value) && anything(value);
const hasDigitAndLetter = (value: string) => value.length >= 6 && /\d/.test(value) && /[A-Za-z]/.test(value);

/** Names of several words (`my-secret-manager-v2`) rather than random letters: only the last part has a digit. */
const isWords = (value: string) => /^[a-z]{2,30}(?:[-_./][a-z]{2,30}){1,12}(?:[-_.]?[a-z]?\d{1,4})?$/.test(value);

const PHRASES: readonly Phrase[] = [
  {
    pattern: /((?<![A-Za-z0-9])bearer[ \t]{1,4}["']?)([A-Za-z0-9._~+/=-]{6,})/gi,
    class: "token",
    accepts: looksSecret,
  },
  { pattern: /((?<![A-Za-z0-9])basic[ \t]{1,4}["']?)([A-Za-z0-9+/=]{6,})/gi, class: "token", accepts: isBasic },
  // Arguments of commands
  {
    pattern:
      /((?<![\w-])--?(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|secret|token|api-?key|access-key|secret-key|pass|pwd)[ \t]{1,4}["']?)([^\s"'[-][^\s"']*)/gi,
    class: "password",
    accepts: anything,
  },
  {
    pattern: /((?<![\w-])(?:-u|--user|--proxy-user)[ =]["']?(?=[^\s"':/]{1,64}:[^\s"':/]))([^\s"'[]{3,200})/g,
    class: "password",
    accepts: anything,
  },
  { pattern: /(\bsshpass[ \t]{1,4}-p[ \t]{0,4}["']?)([^\s"'[]{2,200})/g, class: "password", accepts: anything },
  {
    pattern: /(\b(?:mysql|mariadb|mysqldump|mysqladmin)\b[^\n]{0,120}?[ \t]-p)([^\s"'[]{2,200})/g,
    class: "password",
    accepts: anything,
  },
  { pattern: /(\bredis-cli\b[^\n]{0,120}?[ ]-a[ ])([^\s"'[]{2,200})/g, class: "password", accepts: anything },
  {
    pattern:
      /(\b(?:docker|podman|helm|oc|az|nerdctl)[ ](?:registry[ ]|acr[ ])?login\b[^\n]{0,120}?[ ]-p[ ])([^\s"'[]{2,200})/g,
    class: "password",
    accepts: anything,
  },
  // SQL
  {
    pattern:
      /(\b(?:IDENTIFIED[ ]BY|(?:WITH[ ]|SET[ ]|ENCRYPTED[ ])?PASSWORD(?:[ ]=)?)[ ]{1,4}["'])([^"'\n[]{1,200})(?=["'])/gi,
    class: "password",
    accepts: anything,
  },
  // Sentences
  {
    pattern:
      /(\b(?:password|passphrase|passwd|pwd)[ ](?:is|was|set[ ]to|to|now|of|=)?[ ]?["'`])([^"'`\n[]{2,128})(?=["'`])/gi,
    class: "password",
    accepts: (value) => anything(value) && /[^a-z]/.test(value),
  },
  {
    pattern:
      /(\b(?:password|passphrase|passwd|pwd|pin|otp|passcode|(?:verification|security|login|one-time|access|2fa|mfa|sms|confirmation)[ ](?:code|password|pin))[ ]{1,2}(?:is|was|set[ ]to|to|=|now)[:]?[ ]{1,2})([^\s"'[][^\s"',;[]{2,127})/gi,
    class: "password",
    accepts: hasDigit,
  },
  {
    pattern: /(\b(?:with|using|by|and|wrong|bad)[ ](?:password|passwd|passphrase)[ ])([^\s"'[]{6,128})/gi,
    class: "password",
    accepts: hasDigitAndLetter,
  },
  {
    pattern:
      /(\b(?:otp|pin|(?:verification|security|login|one-time|2fa|mfa|sms|confirmation)[ ]code)[ :]{1,3}(?:for[ ]\S{1,64}[ :]{1,2})?)(\d{4,8})(?![\w.])/gi,
    class: "password",
    accepts: hasDigit,
  },
  {
    pattern:
      /((?<![A-Za-z])(?:[a-z]{0,20}token|secret|license[ ]key|api[ _-]?key|access[ _]key|credential)[ ](?:is[ ]|was[ ]|of[ ])?["'`]?)([A-Za-z0-9_~+/=.-]{16,})/gi,
    class: "token",
    accepts: (value) => hasDigitAndLetter(value) && !/\.\w{1,4}$/.test(value) && !isWords(value),
  },
  // Pairs of a tuple, and the parts of a form
  {
    pattern:
      /([([]["'][\w-]{0,30}(?:password|passwd|secret|token|api[_-]?key|authorization|cookie)["'],[ ]?["'])([^"'\n[]{3,1000})(?=["'][)\]])/gi,
    class: "password",
    accepts: (value) => anything(value) && /[^a-z_]/.test(value),
  },
  {
    pattern:
      /((?<![A-Za-z])(?:key|name|field|header)\\{0,3}["']?[ ]?[:=][ ]?\\{0,3}["']?[\w.-]{0,40}(?:password|passwd|secret|token|api[_-]?key|authorization|cookie)\\{0,3}["']?,[ ]?\\{0,3}["']?value\\{0,3}["']?[ ]?[:=][ ]?\\{0,3}["']?)([^\s"'\\,}[]{3,1000})/gi,
    class: "password",
    accepts: anything,
  },
  {
    pattern:
      /(name=\\{0,3}"[\w.-]{0,40}(?:password|passwd|secret|token|api[_-]?key|pin|otp|cvv)[\w-]{0,12}\\{0,3}"(?:\r?\n|\\r\\n|\\n){2})([^\s\\[]{1,1000})/gi,
    class: "password",
    accepts: anything,
  },
  { pattern: /(\bssn[ :#]{1,3})(\d{3}[ -]?\d{2}[ -]?\d{4})(?!\d)/gi, class: "ssn", accepts: () => true },
  { pattern: /([?&]code=)([\w%./~-]{16,})/g, class: "token", accepts: looksSecret },
];

function apply(text: string, mark: Marker, { pattern, class: name, accepts }: Phrase): string {
  return text.replace(pattern, (whole: string, before: string, found: string) => {
    // The sentence ends behind the secret.
    const end = /[.,;:!?)\]}>]{1,3}$/.exec(found.slice(-4))?.[0] ?? "";
    const value = found.slice(0, found.length - end.length);
    return value === "" || isMasked(value) || !accepts(value) ? whole : before + mark(name, value) + end;
  });
}

/** Secrets that words announce, not keys: `Bearer …`, `--password …`, `IDENTIFIED BY '…'`, `the code is 123456`. */
export const phrases: Detector = (text, mark) => PHRASES.reduce((done, phrase) => apply(done, mark, phrase), text);
