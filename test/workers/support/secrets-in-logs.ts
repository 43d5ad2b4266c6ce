import { afterEach, expect } from "vitest";

/** What nothing may ever log: API keys and other tokens of ours, access tokens, tokens of Slack, passwords as they are stored. */
const SECRETS = [
  /\bl0[a-z]?_[A-Za-z0-9_-]{43}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  /\bxox[a-z]-[\w-]{6,}/,
  /\bwhsec_[A-Za-z0-9+/=]{20,}/,
  /\$scrypt\$/,
];

const leaks: string[] = [];

function textOf(value: unknown): string {
  if (value instanceof Error) return `${value.stack} ${textOf(value.cause ?? "")}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

for (const method of ["debug", "error", "info", "log", "warn"] as const) {
  const write = console[method].bind(console);
  console[method] = (...values: unknown[]) => {
    const text = values.map(textOf).join(" ");
    if (SECRETS.some((secret) => secret.test(text))) leaks.push(text);
    write(...values);
  };
}

// In every test of every file: whatever it is about, no secret gets into a log line.
afterEach(() => {
  expect(leaks.splice(0), "secrets in log lines").toEqual([]);
});
