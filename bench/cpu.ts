import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc, wherever Linux runs today (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU time that the workerd processes of this one have used, in ms; undefined where there is no /proc. */
export function workerdCpuMs(): number | undefined {
  if (!existsSync("/proc/self/stat")) return undefined;
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name, rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      const fields = rest.split(" ");
      if (name === "workerd" && Number(fields[1]) === process.pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return (ticks * 1000) / TICKS_PER_SECOND;
}
