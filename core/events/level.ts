import type { Level, Severity } from "../../schema/contracts/levels.ts";
import { LEVELS } from "../../schema/contracts/levels.ts";

/** A Map: a client's level may be `constructor` or `__proto__`. */
const SYNONYMS: ReadonlyMap<string, Level> = new Map(
  Object.entries({
    TRACE: "DEBUG",
    VERBOSE: "DEBUG",
    DEBUG: "DEBUG",
    DBG: "DEBUG",
    FINE: "DEBUG",
    FINER: "DEBUG",
    FINEST: "DEBUG",
    INFO: "INFO",
    INFORMATION: "INFO",
    INFORMATIONAL: "INFO",
    NOTICE: "INFO",
    LOG: "INFO",
    WARN: "WARN",
    WARNING: "WARN",
    WRN: "WARN",
    ERROR: "ERROR",
    ERR: "ERROR",
    SEVERE: "ERROR",
    FATAL: "FATAL",
    CRITICAL: "FATAL",
    CRIT: "FATAL",
    EMERG: "FATAL",
    EMERGENCY: "FATAL",
    ALERT: "FATAL",
    PANIC: "FATAL",
  } satisfies Record<string, Level>),
);

/** Syslog severities 0 to 7 (RFC 5424, section 6.2.1). */
const SYSLOG: readonly Level[] = ["FATAL", "FATAL", "FATAL", "ERROR", "WARN", "INFO", "INFO", "DEBUG"];

/** OpenTelemetry severity numbers 1 to 24 (logs data model, "SeverityNumber"): four to a level. */
export function levelOfOtelNumber(value: number): Level | undefined {
  if (!Number.isInteger(value) || value < 1 || value > 24) return undefined;
  return (["DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const)[Math.floor((value - 1) / 4)];
}

/**
 * A numeric `level` field. 0 to 7 is syslog's (GELF sends that), a multiple of ten from 10 to 60 is pino's and
 * bunyan's, the rest up to 24 is OpenTelemetry's.
 */
function levelOfNumber(value: number): Level | undefined {
  if (Number.isInteger(value) && value >= 0 && value <= 7) return SYSLOG[value];
  if (value % 10 === 0 && value >= 10 && value <= 60) {
    return (["DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const)[value / 10 - 1];
  }
  return levelOfOtelNumber(value);
}

/** Folds a client's level. Undefined when it is empty or unknown. At most 20 characters arrive here. */
export function parseLevel(text: string): Level | undefined {
  const direct = SYNONYMS.get(text);
  if (direct !== undefined) return direct;
  const folded = text.trim().toUpperCase();
  const named = SYNONYMS.get(folded);
  if (named !== undefined) return named;
  return /^\d{1,2}$/.test(folded) ? levelOfNumber(Number(folded)) : undefined;
}

/** A level word stands near the start of a text line: after a timestamp, a host, a thread. */
const LEVEL_SEARCH_CHARACTERS = 120;
/** Read beyond the search, so that a word that begins within it is seen whole: the longest match has 18 characters. */
const LEVEL_WORD_CHARACTERS = 20;
const LEVEL_WORD =
  /\b(?:TRACE|VERBOSE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|SEVERE|FATAL|CRIT|CRITICAL|EMERG|ALERT|PANIC)\b|(?:^|[\s[(<|"])(?:(?:trace|verbose|debug|info|notice|warn|warning|err|error|severe|fatal|crit|critical|emerg|alert|panic)(?=[\]:)>|])|(?:level|lvl|severity)=["]?(?:trace|debug|info|notice|warn|warning|error|fatal|critical|panic)\b)/;

/** The level word inside a plain text line; undefined when there is none. Looks at the first 120 characters. */
export function findLevel(line: string): Level | undefined {
  const found = LEVEL_WORD.exec(line.slice(0, LEVEL_SEARCH_CHARACTERS + LEVEL_WORD_CHARACTERS));
  if (found === null || found.index >= LEVEL_SEARCH_CHARACTERS) return undefined;
  return SYNONYMS.get(
    found[0]
      .replace(/^[^=]*=/, "")
      .replace(/[^A-Za-z]/g, "")
      .toUpperCase(),
  );
}

/** FATAL or ERROR → HIGH, WARN → MEDIUM, INFO or DEBUG → LOW (DESIGN.md, "Severity"). */
export function severityOf(level: Level): Severity {
  if (level === "FATAL" || level === "ERROR") return "HIGH";
  return level === "WARN" ? "MEDIUM" : "LOW";
}

/** Position of a level, least severe first. */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}
