import type { Detector } from "./marks.ts";

// Each pattern is a fixed prefix and one run of characters, unbounded only where nothing follows: an attempt fails after
// a bounded number of steps or takes what it read, so that the whole is linear.
const HEX32 = "[0-9a-fA-F]{32}(?![0-9A-Za-z])";
const SHAPES: readonly string[] = [
  // AWS access key ids
  "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![0-9A-Za-z])",
  // GitHub, GitLab
  "gh[pousr]_[A-Za-z0-9]{20,}",
  "github_pat_[A-Za-z0-9_]{20,}",
  "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_-]{20,}",
  // Slack
  "xox[abceoprs]-[A-Za-z0-9-]{10,}",
  "xapp-\\d-[A-Za-z0-9-]{10,}",
  // Stripe
  "(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
  "whsec_[A-Za-z0-9+/=]{16,}",
  // Google
  "AIza[A-Za-z0-9_-]{35,}",
  "ya29\\.[A-Za-z0-9._-]{16,}",
  "1//0[A-Za-z0-9_-]{20,}",
  "GOCSPX-[A-Za-z0-9_-]{20,}",
  // OpenAI, Anthropic and those who copy them: checked for a digit below
  "sk-[A-Za-z0-9_-]{16,}",
  "hf_[A-Za-z0-9]{20,}",
  "gsk_[A-Za-z0-9]{20,}",
  "r8_[A-Za-z0-9]{30,}",
  // Registries
  "npm_[A-Za-z0-9]{30,}",
  "pypi-[A-Za-z0-9_-]{20,}",
  "rubygems_[0-9a-f]{30,}",
  "dckr_pat_[A-Za-z0-9_-]{20,}",
  // Mail and messages
  "SG\\.[A-Za-z0-9_-]{10,64}\\.[A-Za-z0-9_-]{10,}",
  `(?:SK|AC)${HEX32}`,
  "key-[0-9a-f]{32}(?![0-9A-Za-z])",
  "xkeysib-[0-9a-f]{40,}",
  "(?:bot)?\\d{8,10}:AA[A-Za-z0-9_-]{30,}",
  "[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,}",
  // Clouds and tools
  "do[opr]_v1_[0-9a-f]{32,}",
  `shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{32,}`,
  "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9._-]{20,}",
  "hv[sbr]\\.[A-Za-z0-9_-]{20,}",
  "ATATT3[A-Za-z0-9_=-]{30,}",
  "gl(?:sa|c)_[A-Za-z0-9_+/=]{20,}",
  "sntry[su]_[A-Za-z0-9_+/=]{20,}",
  "lin_api_[A-Za-z0-9]{20,}",
  "NRAK-[A-Z0-9]{20,}",
  "sbp_[0-9a-f]{30,}",
  "sq0(?:atp|csp)-[A-Za-z0-9_-]{20,}",
  "AGE-SECRET-KEY-1[A-Z0-9]{30,}",
  // Hashes of passwords
  "\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{50,}",
  "\\$argon2(?:id|i|d)\\$[A-Za-z0-9+/=,$]{30,}",
  // log0's own
  "l0_[A-Za-z0-9_-]{43,}",
];

const TOKEN = new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES.join("|")})`, "g");

/** Words with dashes begin like a key of OpenAI (`sk-fading-circle-inner`), but hold no digit. */
const isWords = (value: string) => value.startsWith("sk-") && !/\d/.test(value);

const WEBHOOK =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/|\.webhook\.office\.com\/webhookb2\/)([A-Za-z0-9_@/-]{8,})/g;

/** Keys and tokens that show by a prefix whose they are, and the URLs of webhooks. */
export const vendorTokens: Detector = (text, mark) =>
  text
    .replace(WEBHOOK, (_, url: string, secret: string) => url + mark("token", secret))
    .replace(TOKEN, (value) => (isWords(value) ? value : mark("token", value)));
