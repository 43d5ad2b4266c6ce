import { expect, test } from "vitest";
import { countTests } from "./vitest-report.ts";

const report = (success: boolean, ...files: [status: string, ...tests: string[]][]) => ({
  success,
  testResults: files.map(([status, ...tests], index) => ({
    name: `${index}.test.ts`,
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  })),
});

test.each([
  ["passed tests", report(true, ["passed", "passed", "passed"]), 0, 2, 0],
  ["skipped tests count as neither", report(true, ["passed", "passed", "skipped", "todo"]), 0, 1, 0],
  ["failed tests", report(false, ["failed", "passed", "failed"]), 1, 1, 1],
  ["a file that cannot be loaded", report(false, ["passed", "passed"], ["failed"]), 1, 1, 1],
  ["a hook that fails", report(false, ["failed", "skipped"]), 1, 0, 1],
  ["an error outside of the tests", report(false, ["passed", "passed"]), 1, 1, 1],
  ["a run that a signal ended", report(true, ["passed", "passed"]), null, 1, 1],
  ["no tests", report(true), 0, 0, 1],
  ["skipped tests only", report(true, ["passed", "skipped"]), 0, 0, 1],
  ["no report", undefined, 1, 0, 1],
  ["a report of another kind", { tests: 3 }, 0, 0, 1],
])("%s", (_name, json, status, passed, failed) => {
  expect(countTests(json, status)).toMatchObject({ passed, failed });
});
