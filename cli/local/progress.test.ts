import { expect, test } from "vitest";
import { demoProgress, Progress, plural } from "./progress.ts";

function output(fields: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  return { ...fields, written, write: (text: string) => written.push(text) };
}

test("on a terminal the line is rewritten in place, cut to its width, and cleared at the end", () => {
  const terminal = output({ isTTY: true, columns: 31 });
  const progress = new Progress(terminal);
  progress.show("one", "a");
  progress.show("one", "b");
  progress.show("x".repeat(50), "b");
  progress.end();
  const clear = "\r\u001b[2K";
  expect(terminal.written).toEqual([`${clear}one`, `${clear}${"x".repeat(30)}`, clear]);
});

test("elsewhere a line is written for each stage", () => {
  const file = output({});
  const progress = new Progress(file);
  for (const [line, stage] of [
    ["1 sent", "sending"],
    ["2 sent", "sending"],
    ["3 sent", "sent"],
  ] as const) {
    progress.show(line, stage);
  }
  progress.end();
  expect(file.written).toEqual(["1 sent\n", "3 sent\n"]);
});

test("a demo's line says only what there is, and its stage changes with each kind of news", () => {
  const state = { sent: 1_200, stored: 0, repeated: 0, incidents: [], grown: 0, messages: [] };
  const early = demoProgress(state, 4_000);
  expect(early.line).toBe("  1,200 of 4,000 lines sent");
  expect(demoProgress({ ...state, sent: 1_300 }, 4_000).stage).toBe(early.stage);
  const message = { channel: "#a", ts: "1.1", text: "", blocks: [], edits: 1, postedAt: 0, editedAt: 0 };
  const later = demoProgress({ ...state, sent: 4_000, stored: 4_000, messages: [message] }, 4_000);
  expect(later.line).toBe("  4,000 of 4,000 lines sent · 4,000 stored · 1 Slack message, 1 edit");
  expect(later.stage).not.toBe(early.stage);
});

test.each([
  [1, "1 line"],
  [0, "0 lines"],
  [2_400, "2,400 lines"],
])("plural %i", (count, text) => {
  expect(plural(count, "line")).toBe(text);
});
