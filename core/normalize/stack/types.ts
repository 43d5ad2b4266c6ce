export type TraceLanguage = "java" | "javascript" | "python" | "go" | "ruby" | "php" | "dotnet" | "rust";

/** What a stack trace tells about a problem, free of what a deployment changes. */
export interface StackTrace {
  readonly language: TraceLanguage;
  /** The type of the exception that names the problem: of the root cause where causes are chained. May be empty. */
  readonly exceptionType: string;
  /**
   * `function (file)` of the first frame of the application in the root cause's trace, without line and column numbers,
   * addresses, generated numbers, build hashes and the directories of a deployment. Empty when there is no frame.
   */
  readonly firstStackFrame: string;
  /** The root cause, where it is not the exception that was thrown at last. */
  readonly rootCause?: string;
  /** The line that names the exception and its message. */
  readonly header: string;
}

export interface Frame {
  readonly name: string;
  readonly inApp: boolean;
}

/** Gathers the frames of one exception: the first of the application, or else the very first. */
export class Frames {
  private first = "";
  private chosen = "";

  add(frame: Frame): void {
    if (this.first === "") this.first = frame.name;
    if (frame.inApp && this.chosen === "") this.chosen = frame.name;
  }

  get done(): boolean {
    return this.chosen !== "";
  }

  get name(): string {
    return this.chosen === "" ? this.first : this.chosen;
  }
}
