import type { Context } from "hono";
import * as z from "zod";
import { Log0Error } from "../../../core/errors.ts";
import { monthOf } from "../../../core/limits/ledger.ts";
import { dayOf, daysBetween } from "../../../core/usage/days.ts";
import { readUsage } from "../../../services/usage/read-usage.ts";
import type { AppEnv } from "../../context.ts";
import { validQuery } from "../validate.ts";

/** Days that one answer may span: a year, and the day a year ago. */
const MAX_DAYS = 367;

const UsageQuery = z.object({
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  by: z.enum(["day", "source"]).optional(),
});

/** `GET /usage`: of this month, unless UTC days are named. */
export async function show(c: Context<AppEnv>): Promise<Response> {
  const now = c.var.scope.now();
  const query = validQuery(c, UsageQuery);
  const to = query.to ?? dayOf(now);
  const from = query.from ?? `${monthOf(Date.parse(to))}-01`;
  const days = daysBetween(from, to);
  if (days < 1) throw new Log0Error("invalid_query", "query: from is after to");
  if (days > MAX_DAYS) throw new Log0Error("invalid_query", `query: more than ${MAX_DAYS} days`);
  return c.json(await readUsage(c.var.scope, { ...query, from, to }));
}
