/** What fingers run over: any part of these, from either end, is tried before anything else. */
const RUNS = [
  "01234567890123456789012345678901234567890",
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
  "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./",
  "1234567890qwertyuiopasdfghjklzxcvbnm1234567890",
  "qwertyuiop1234567890",
  "qwertzuiopasdfghjklyxcvbnm",
  "azertyuiopqsdfghjklmwxcvbn",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
  "qazwsxedcrfvtgbyhnujmikolp",
  "zaq12wsxcde34rfvbgt56yhnmju78ik",
];

/** Long ones that people choose because a rule asks for length, lower-case. */
const PHRASES = new Set([
  "administrator123",
  "administrator1234",
  "administrator12345",
  "changemechangeme1",
  "changeme123456789",
  "correct horse battery staple",
  "correct-horse-battery-staple",
  "correcthorsebatterystaple",
  "defaultpassword",
  "defaultpassword1",
  "helloworld12345",
  "iloveyou123456789",
  "iloveyousomuch1",
  "iloveyouforever",
  "letmeinletmein1",
  "letmein123456789",
  "maythe4thbewithyou",
  "maytheforcebewithyou",
  "mypasswordismypassword",
  "mypassword12345",
  "mypassword123456",
  "password1234567",
  "password12345678",
  "password123456789",
  "password1234567890",
  "passwordpassword1",
  "passwordpassword123",
  "p@ssw0rdp@ssw0rd1",
  "p@ssw0rd12345678",
  "p@ssword12345678",
  "qwertyuiop12345",
  "qwertyuiop123456",
  "qwerty123456789",
  "qwerty1234567890",
  "supersecretpassword",
  "the quick brown fox",
  "thequickbrownfox",
  "thisisapassword",
  "thisismypassword",
  "thisisnotapassword",
  "welcome123456789",
  "welcomewelcome1",
  "whatismypassword",
]);

/** The longest word that is looked for in "the same again and again". */
const MAX_UNIT = 8;

const reversed = (text: string): string => [...text].reverse().join("");
const runs = [...RUNS, ...RUNS.map(reversed)];

/**
 * Whether a password that is long enough is still among those that are tried first: a known phrase, a run over the
 * keyboard, or a few characters again and again (`passwordpassword`, `aaaaaaaaaaaaaaaa`).
 *
 * @param password lower-case and normalized, of bounded length
 */
export function isCommonPassword(password: string): boolean {
  if (PHRASES.has(password) || runs.some((run) => run.includes(password))) return true;
  for (let unit = 1; unit <= MAX_UNIT; unit++) {
    // Shifted by its unit, a repetition covers itself.
    if (password.length >= 2 * unit && password.startsWith(password.slice(unit))) return true;
  }
  return false;
}
