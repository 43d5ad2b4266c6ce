/** Parts of the platform that a test can make fail. */
export type Place = "db" | "bucket.put" | "bucket.get" | "queue" | "window" | "store";

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

/** Everything works again. */
export function repair(): void {
  armed.length = 0;
}

function trip(place: Place, subject: string, when: Fault["when"]): void {
  const fault = armed.find(
    (one) => one.place === place && one.when === when && one.tripped < one.times && subject.includes(one.match),
  );
  if (fault === undefined) return;
  fault.tripped++;
  throw new Error(`${place} fails (${when} the work), as the test asks: ${fault.match}`);
}

/** Does a piece of work, unless it is to fail. */
export async function guarded<T>(place: Place, subject: string, work: () => Promise<T>): Promise<T> {
  trip(place, subject, "before");
  const result = await work();
  trip(place, subject, "after");
  return result;
}
