import { formatCount } from "../../core/notifications/slack-message.ts";
import type { DemoState } from "./demo.ts";

/** The part of a terminal (`process.stdout`) that a progress line needs. */
export interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** One line of what happens: rewritten in place on a terminal, and written anew only at each stage elsewhere. */
export class Progress {
  private readonly output: Output;
  private stage = "";
  private shown = "";

  constructor(output: Output) {
    this.output = output;
  }

  /** @param stage where the output is no terminal, a line is written when this changes */
  show(line: string, stage: string): void {
    if (this.output.isTTY === true) {
      // A line that wraps cannot be rewritten.
      const fitting = line.slice(0, Math.max(20, (this.output.columns || 80) - 1));
      if (fitting !== this.shown) this.output.write(`\r\u001b[2K${fitting}`);
      this.shown = fitting;
    } else if (stage !== this.stage) {
      this.output.write(`${line}\n`);
    }
    this.stage = stage;
  }

  /** Clears the line for what follows. */
  end(): void {
    if (this.output.isTTY === true && this.shown !== "") this.output.write("\r\u001b[2K");
    this.shown = "";
  }
}

/** The demo's state as one line, and the stage that it has reached. */
export function demoProgress(state: DemoState, lines: number): { line: string; stage: string } {
  const { sent, stored, incidents, grown, messages } = state;
  const edits = messages.reduce((sum, message) => sum + message.edits, 0);
  const parts = [
    `${formatCount(sent)} of ${formatCount(lines)} lines sent`,
    ...(stored === 0 ? [] : [`${formatCount(stored)} stored`]),
    ...(incidents.length === 0 ? [] : [`${plural(incidents.length, "incident")} of ${plural(grown, "line")}`]),
    ...(messages.length === 0 ? [] : [`${plural(messages.length, "Slack message")}, ${plural(edits, "edit")}`]),
  ];
  const reached = [sent > 0, sent === lines, incidents.length > 0, messages.length > 0, stored === lines];
  return { line: `  ${parts.join(" · ")}`, stage: reached.map(Number).join("") };
}

/** `1 incident`, `2,400 lines`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
