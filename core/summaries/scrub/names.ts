import type { PiiClass } from "./marks.ts";

/**
 * What the value of a secret's key must look like: `any` value but placeholders and words of prose; `secret`, which has
 * digits or is long; a short `code`; `digits` with separators; the `header` of an authorization; a `line`.
 */
export type Form = "any" | "secret" | "code" | "digits" | "header" | "line";

export interface KeyKind {
  readonly class: PiiClass;
  readonly form: Form;
}

const kind = (name: PiiClass, form: Form): KeyKind => ({ class: name, form });

/** By the end of a key in lower case without `_`, `-` and `.`: so `DB_PASSWORD`, `dbPassword` and `x-db-password`. */
const ENDINGS: readonly (readonly [RegExp, KeyKind])[] = [
  [
    /(?:passw(?:or)?d|passphrase|passcode|passwort|kennwort|contraseña|motdepasse|pgpass)(?:hash|confirm|confirmation|again|repeat|old|new|encrypted|plain|raw)?$/,
    kind("password", "any"),
  ],
  [
    /(?:securitycode|cardcode|pincode|otpcode|mfacode|smscode|verificationcode|totpcode|onetimecode|2facode)$/,
    kind("password", "code"),
  ],
  [/authorization$|xauth$/, kind("token", "header")],
  [/cookies?$/, kind("cookie", "line")],
  [
    /(?:secret|apikey|accesskey|secretkey|privatekey|authkey|accountkey|sharedkey|encryptionkey|decryptionkey|signingkey|masterkey|subscriptionkey|deploykey|licensekey|writekey|servicekey|hmackey|jwtkey|sharedsecret|secretvalue|secretstring|secretid|secretkeybase|credential|seedphrase|mnemonic|recoverycode|backupcode)$/,
    kind("token", "any"),
  ],
  [/[a-z](?:token|tokenvalue|tokenhash)$/, kind("token", "secret")],
  [
    /^(?:token|credentials?|signature|sig|auth|appkey|jwt|bearer|nonce)$|signature$|(?:session|sess)(?:id|key|token|cookie)$|sessid$|^connectsid$|appkey$/,
    kind("token", "secret"),
  ],
  [
    /(?:phone|phoneno|phonenumber|phonenum|mobileno|mobilenumber|telephone|msisdn|faxnumber|cellnumber)$/,
    kind("phone", "digits"),
  ],
  [/(?:socialsecurity|socialsecuritynumber|ssnumber|taxpayerid|taxid)$/, kind("ssn", "digits")],
];

/** By the last word of a key; shorter names, which are also parts of other words. */
const LAST_WORDS: ReadonlyMap<string, KeyKind> = new Map([
  ["pwd", kind("password", "any")],
  ["pass", kind("password", "any")],
  ["pw", kind("password", "any")],
  ["psk", kind("password", "any")],
  ["pin", kind("password", "code")],
  ["otp", kind("password", "code")],
  ["totp", kind("password", "code")],
  ["cvv", kind("password", "code")],
  ["cvc", kind("password", "code")],
  ["cvn", kind("password", "code")],
  ["ssn", kind("ssn", "digits")],
  ["session", kind("token", "secret")],
  ["sig", kind("token", "secret")],
  ["tel", kind("phone", "digits")],
  ["mobile", kind("phone", "digits")],
  ["fax", kind("phone", "digits")],
  ["cell", kind("phone", "digits")],
  ["whatsapp", kind("phone", "digits")],
]);

/** A variable of the environment, as `STRIPE_KEY`, but of no database, cache or queue. */
const VARIABLE =
  /^(?!(?:.{0,40}_)?(?:CACHE|PRIMARY|FOREIGN|PARTITION|ROUTING|SORT|PUBLIC|OBJECT|IDEMPOTENCY|LOCK)_KEY$)[A-Z0-9_]{2,60}_KEY$/;

const KNOWN_END = /[a-zñ]\d{0,2}$/i;

/** The kind of secret that a key of at most 64 characters names. */
export function keyKind(key: string): KeyKind | undefined {
  if (!KNOWN_END.test(key)) return undefined;
  const name = key.replace(/\d{1,2}$/, "");
  const lastWord = /(?:[A-Z]?[a-z]+|[A-Z]+)$/.exec(name)?.[0].toLowerCase();
  const ofWord = lastWord === undefined ? undefined : LAST_WORDS.get(lastWord);
  if (ofWord !== undefined) return ofWord;
  if (VARIABLE.test(key)) return kind("token", "secret");
  const squashed = name.replace(/[-_.]/g, "").toLowerCase();
  return ENDINGS.find(([pattern]) => pattern.test(squashed))?.[1];
}
