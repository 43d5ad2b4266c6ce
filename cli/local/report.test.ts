import { expect, test } from "vitest";
import type { DemoResult } from "./demo.ts";
import { goldenPath } from "./golden-path.ts";
import { describeDemo, describeUse } from "./report.ts";

const addresses = {
  url: "http://127.0.0.1:8787",
  inboxUrl: "http://127.0.0.1:8788/",
  slackApiUrl: "http://127.0.0.1:8788/api",
  slackIsInbox: true,
};
const incident = {
  id: "i1",
  environment: "production",
  serviceName: "payment-service",
  title: "Timeout \u001b[31mred\u0007",
  exceptionType: null,
  severity: "HIGH" as const,
  status: "NEW" as const,
  occurrenceCount: 2_400,
  firstSeenAt: 1_000,
  lastSeenAt: 2_000,
  summary: null,
  regressionOf: null,
  resolvedAt: null,
};
const message = { channel: "#a", ts: "1.1", text: "", blocks: [], edits: 1, postedAt: 0, editedAt: 0 };
const result: DemoResult = {
  ...{ sent: 4_000, stored: 4_000, repeated: 0, incidents: [incident], grown: 2_400, messages: [message] },
  ...{ story: goldenPath(1, 1_777_593_600_000), incident, before: 0, problems: [], alertMs: 1_234, totalMs: 5_000 },
};

test("the chain comes first, with the times that were measured", () => {
  const lines = describeDemo(result, addresses);
  expect(lines[0]).toBe("2,400 lines → 1 incident → 1 Slack message");
  expect(lines).toContain("  Slack message 1.2 s after the first line, all of it after 5.0 s");
});

test("log text cannot colour the terminal or ring its bell", () => {
  expect(describeDemo(result, addresses)).toContain("  HIGH  Timeout red ");
});

test("what is not as expected is said, and so is what an earlier run has left", () => {
  const problems = ["2 incidents instead of 1"];
  const lines = describeDemo({ ...result, problems, incidents: [incident, incident], before: 10 }, addresses);
  expect(lines.slice(0, 2)).toEqual([
    "2,400 lines → 2 incidents → 1 Slack message: not what was expected",
    "  ✗ 2 incidents instead of 1",
  ]);
  expect(lines.join("\n")).toContain("open since an earlier run, so it grew: 10 + 2,400 = 2,400");
});

test("messages that go to a real Slack are not counted", () => {
  const elsewhere = { ...addresses, slackApiUrl: "https://slack.com/api", slackIsInbox: false };
  expect(describeDemo({ ...result, messages: [] }, elsewhere)[0]).toBe("2,400 lines → 1 incident → your Slack");
  expect(describeUse(elsewhere, "l0_key", incident)[0]).toBe("Slack messages go to https://slack.com/api");
});

test("every command carries the key and the addresses", () => {
  const commands = describeUse(addresses, "l0_key", incident).filter((line) => line.includes("curl"));
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    expect(command).toContain("-H 'X-API-Key: l0_key'");
    expect(command).toContain("http://127.0.0.1:8787/api/v1/");
  }
});
