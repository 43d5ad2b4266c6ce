export { textsOfAttributes } from "./attributes.ts";
export { compile, type RowPredicate } from "./compile.ts";
export type { LogQuery } from "./conditions.ts";
export { MAX_QUERY_CHARACTERS, MAX_QUERY_CONDITIONS, MAX_QUERY_DEPTH, parseQuery } from "./parse.ts";
export { QueryError } from "./query-error.ts";
export { type Requirements, requirements } from "./requirements.ts";
export { searchableTexts } from "./row-view.ts";
export { MAX_WORD, MIN_WORD, tokenize } from "./words.ts";
