import * as z from "zod";

/** The part of vitest's JSON report that we count by. */
const Report = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

export interface Counts {
  passed: number;
  failed: number;
  /** Failures that no test stands for, one line each. */
  remarks: string[];
}

/**
 * Counts the tests of a vitest run. What failed without a test counts as one failure each: a file that could not be
 * loaded, a hook, an error outside of any test, a run of no tests, a crash that left no report.
 *
 * @param report the parsed JSON report, or undefined when there is none
 */
export function countTests(report: unknown, exitStatus: number | null): Counts {
  const parsed = Report.safeParse(report);
  if (!parsed.success) return { passed: 0, failed: 1, remarks: [`vitest left no report (exit status ${exitStatus})`] };

  const count = (status: string) =>
    parsed.data.testResults.flatMap((file) => file.assertionResults).filter((test) => test.status === status).length;
  const passed = count("passed");
  const remarks = parsed.data.testResults
    .filter((file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"))
    .map((file) => `${file.name} failed outside of its tests`);
  if (passed + count("failed") + remarks.length === 0) remarks.push("vitest ran no tests");
  const failed = count("failed") + remarks.length;
  if (failed > 0 || (exitStatus === 0 && parsed.data.success)) return { passed, failed, remarks };
  return { passed, failed: 1, remarks: [`vitest failed outside of its tests (exit status ${exitStatus})`] };
}
