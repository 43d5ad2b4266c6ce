/** Files that every package has: their name alone says nothing, so that their directory goes with it. */
const COMMON_FILES =
  /^(?:index|main|__init__|__main__|mod|lib|app|handler|handlers|views|models|utils|util|helpers|base|server|client|page|route|routes|types|errors|api)\.\w+$/;

/** Directories that belong to a deployment or a build, not to the program. */
const DEPLOY_DIRECTORIES = new Set(
  "src lib app dist build out bin usr home opt srv var www html tmp current release releases deploy code workspace project projects root target static assets chunks public cmd pkg internal task server bundle".split(
    " ",
  ),
);

/** Hashes, versions and counters in names of built files: `main.3f2a9c1b.js`, `chunk-X7K2LQ5P.mjs`. */
const BUILD_MARK = /[.-](?=[A-Za-z0-9_]*\d)[A-Za-z0-9_]{6,40}(?=\.|$)/g;

const BUILD_LETTERS = /^(chunk|vendor|main|index|bundle|app)[.-][A-Za-z0-9_-]{8}(?=\.)/;

/**
 * A source file's name as every deployment gives it: without the directories before it (containers, releases and
 * developers' machines differ), without queries and build hashes.
 */
export function fileName(path: string): string {
  const cut = path.search(/[?#]/);
  const clean = (cut < 0 ? path : path.slice(0, cut)).replaceAll("\\", "/");
  const slash = clean.lastIndexOf("/");
  const base = clean
    .slice(slash + 1)
    .replace(BUILD_MARK, "")
    .replace(BUILD_LETTERS, "$1");
  if (slash <= 0 || !COMMON_FILES.test(base)) return base;
  const directory = clean.slice(clean.lastIndexOf("/", slash - 1) + 1, slash);
  return DEPLOY_DIRECTORIES.has(directory) || /[0-9:@]/.test(directory) || directory === ""
    ? base
    : `${directory}/${base}`;
}

/** `function (file)`, or the one that there is. */
export function frameName(name: string, file: string): string {
  if (name === "") return file;
  return file === "" ? name : `${name} (${file})`;
}
