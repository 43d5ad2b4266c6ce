/** For each letter, the letters that hardly ever follow it inside an English word. */
const RARE =
  "ejoq fghknqvwxz bfgjnqvwxz hkpqwxz - bcdghjkmnpqvwxz bdfjkqvwxyz bcdfghjkpqvwxz hqwy bcdfghijklmnpqrtvwxyz bcfghjkmqvxyz hjqwxz fghjqrtvwxz qxz jqz bfjqvwxz abcdefghijklmnopqrstvwxyz hjqxz bjxz jqvxz hjquvwyz bcdfghjklmnpqrstuvwxyz bcdfgjkmpqtuvwxyz bdfghjklnoqrsuvwyz bdfhjkqruvwxyz bcdfghjklmnpqrstuvwxy".split(
    " ",
  );

/** One bit for each of 26 times 26 pairs, so that a look costs no allocation. */
const IS_RARE = new Uint8Array(26 * 26);
RARE.forEach((followers, first) => {
  for (const follower of followers.replace("-", "")) IS_RARE[first * 26 + follower.charCodeAt(0) - 97] = 1;
});

/** Whether no English word has these two UTF-16 units beside each other. Without regard to case. */
export function isRarePair(one: number, other: number): boolean {
  const first = (one | 32) - 97;
  const second = (other | 32) - 97;
  if (first < 0 || first > 25 || second < 0 || second > 25) return false;
  return IS_RARE[first * 26 + second] === 1;
}
