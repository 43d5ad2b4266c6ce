import * as z from "zod";
import { Severity } from "../../schema/contracts/levels.ts";
import type { SummaryContent } from "../../schema/contracts/summary.ts";
import { truncate } from "../clusters/digest.ts";
import { oneLine, visible } from "./neutral.ts";
import type { Prompt } from "./prompt.ts";
import { scrub } from "./scrub.ts";

/** A summary has some 3,000 characters; a model that writes this many is not answering the question. */
export const MAX_ANSWER_CHARACTERS = 20_000;

const text = z.string().max(4_000);

/** What is taken of a model's answer. What it says too much of is cut; what is missing makes it no answer. */
export const ModelAnswer = z.object({
  title: text,
  severity: z.preprocess((value) => (typeof value === "string" ? value.trim().toUpperCase() : value), Severity),
  summary: text,
  rootCause: text,
  bullets: z.array(text).min(3).max(20),
  remediations: z.array(text).min(1).max(20),
  evidence: z.array(z.string().max(200)).max(100),
});
export type ModelAnswer = z.infer<typeof ModelAnswer>;

/** Some models put their JSON into a code block. */
function withoutCodeBlock(answer: string): string {
  const trimmed = answer.trim();
  if (!trimmed.startsWith("```") || !trimmed.endsWith("```")) return trimmed;
  return trimmed.slice(trimmed.indexOf("\n") + 1, -3);
}

/** @param answer JSON as text, or parsed. @throws Error when it is not what was asked for */
export function parseAnswer(answer: unknown): ModelAnswer {
  if (typeof answer !== "string") {
    if (JSON.stringify(answer ?? null).length > MAX_ANSWER_CHARACTERS) throw new Error("the answer is too long");
    return ModelAnswer.parse(answer);
  }
  if (answer.length > MAX_ANSWER_CHARACTERS) throw new Error("the answer is too long");
  return ModelAnswer.parse(JSON.parse(withoutCodeBlock(answer)));
}

/** Anything that a reader's program could make a link of. */
const LINK = /\b(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.|mailto:|javascript:|data:)\S*/gi;
const MARKDOWN_LINK = /\]\([^()\s]{0,500}\)/g;
/** Ids of lines mean nothing outside the prompt. */
const LINE_IDS = /\s?[[(]L\d{1,3}(?:,\s?L\d{1,3}){0,10}[\])]/g;

/** A model's words as they are kept: bounded, visible, without links or personal data, which it can only have made up. */
function clean(words: string, characters: number): string {
  const plain = visible(words).replace(MARKDOWN_LINK, "]").replace(LINK, "(link removed)").replace(LINE_IDS, "");
  return truncate(scrub(plain).text.replace(/\s+/g, " ").trim(), characters);
}

function cleanAll(list: readonly string[], most: number): string[] {
  return list
    .map((item) => clean(item, 500))
    .filter((item) => item !== "")
    .slice(0, most);
}

const MAX_CITATIONS = 8;

/**
 * What a summary keeps of a model's answer. Only logs that the prompt held can be cited, by their short id or their own.
 * @returns also how many cited ids there are no logs of. @throws Error when nothing readable is left of a field
 */
export function contentOf(
  answer: ModelAnswer,
  prompt: Pick<Prompt, "lines">,
): { content: SummaryContent; invented: number } {
  const byEventId = new Map([...prompt.lines].map(([id, { eventId }]) => [eventId, id]));
  const cited = new Set(answer.evidence.map((id) => id.trim().replace(/^\[|\]$/g, "")));
  const known = [...cited].map(
    (id) => prompt.lines.get(id.toUpperCase()) ?? prompt.lines.get(byEventId.get(id.toLowerCase()) ?? ""),
  );
  const citations = known.filter((line) => line !== undefined);
  const content = {
    title: clean(answer.title, 200),
    severity: answer.severity,
    summary: clean(answer.summary, 1_500),
    rootCause: clean(answer.rootCause, 500),
    bullets: cleanAll(answer.bullets, 7),
    evidence: [
      ...new Map(citations.map(({ eventId, line }) => [eventId, { eventId, line: oneLine(line, 500) }])).values(),
    ].slice(0, MAX_CITATIONS),
    nextSteps: cleanAll(answer.remediations, 5),
  };
  const isWhole =
    [content.title, content.summary, content.rootCause].every((words) => words !== "") &&
    content.bullets.length >= 3 &&
    content.nextSteps.length >= 1;
  if (!isWhole) throw new Error("the answer says nothing in one of its fields");
  return { content, invented: known.length - citations.length };
}
