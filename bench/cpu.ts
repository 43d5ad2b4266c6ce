import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** CPU time that the workerd processes of this one have used, in ms. */
export function workerdCpuMs(): number {
  const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const mine = ["-P", String(process.pid), "-x", "workerd"];
  const pids = execFileSync("pgrep", mine, { encoding: "utf8" }).trim().split("\n");
  let used = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    used += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return (used / ticks) * 1000;
}
