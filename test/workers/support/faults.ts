/** Parts of the platform that a test can make fail. */
export type Place = "db" | "bucket.put" | "bucket.get" | "queue" | "window" | "store" | "limits" | "live";

export interface Fault {
  place: Place;
  /** A part of the SQL text, the object key, the queue's or the object's name. */
  match: string;
  /** How often it fails before it works again. */
  times: number;
  /** Fails before anything was done, or after it was done: the answer is lost. */
  when: "before" | "after";
  /** How often it has failed. */
  tripped: number;
}

const armed: Fault[] = [];

/** Makes a part fail, for good unless `times` says how often. */
export function fail(
  place: Place,
  match: string,
  { times = Number.POSITIVE_INFINITY, when = "before" }: { times?: number; when?: Fault["when"] } = {},
): Fault {
  const fault: Fault = { place, match, times, when, tripped: 0 };
  armed.push(fault);
  return fault;
}

let crash: { after: number; when: Fault["when"]; tripped: boolean } | undefined;

let counting = false;

/** Does some work whose calls count for `crashAt`. */
export async function counted<T>(work: () => Promise<T>): Promise<T> {
  counting = true;
  try {
    return await work();
  } finally {
    counting = false;
  }
}

/**
 * Makes the n-th call of counted work fail, of whatever part it is; the others work.
 * @returns says whether there were so many
 */
export function crashAt(n: number, when: Fault["when"]): { readonly tripped: boolean } {
  crash = { after: n, when, tripped: false };
  return crash;
}

/** Everything works again. */
export function repair(): void {
  armed.length = 0;
  crash = undefined;
}

function trip(place: Place, subject: string, when: Fault["when"]): void {
  const fault = armed.find(
    (one) => one.place === place && one.when === when && one.tripped < one.times && subject.includes(one.match),
  );
  if (fault === undefined) return;
  fault.tripped++;
  throw new Error(`${place} fails (${when} the work), as the test asks: ${fault.match}`);
}

/** Whether this call is the one that `crashAt` has chosen. */
function chosen(): Fault["when"] | undefined {
  if (!counting || crash === undefined || crash.tripped || --crash.after > 0) return undefined;
  crash.tripped = true;
  return crash.when;
}

/** Does a piece of work, unless it is to fail. */
export async function guarded<T>(place: Place, subject: string, work: () => Promise<T>): Promise<T> {
  const crashes = chosen();
  if (crashes === "before") throw new Error(`${place} crashes before the work, as the test asks: ${subject}`);
  trip(place, subject, "before");
  const result = await work();
  trip(place, subject, "after");
  if (crashes === "after") throw new Error(`${place} crashes after the work, as the test asks: ${subject}`);
  return result;
}
