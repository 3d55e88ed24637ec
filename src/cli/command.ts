// What a command is. It declares what it takes and says what came out of it; how that is printed, which exit code it
// ends with and how progress is shown is the same for all of them (command-line.ts).

import { assert } from "../base/assert.js";

/** One command: a file that exports this, named in commands.ts. */
export interface CliCommand {
  readonly name: string;
  /** One sentence for the help. */
  readonly summary: string;
  /** All of them must be given, in this order. */
  readonly arguments: readonly DeclaredArgument[];
  /** Beside `--json`, which each command has. */
  readonly options: readonly DeclaredOption[];
  /** Rejects with an OmenError whose message says what to do. */
  readonly run: (call: CommandCall) => Promise<CommandOutcome>;
}

export interface DeclaredArgument {
  readonly name: string;
  readonly summary: string;
}

export interface DeclaredOption {
  /** Without the dashes before it: words in lower case, joined by dashes. */
  readonly name: string;
  /** What stands for its value in the help; without it the option is there or not. */
  readonly value?: string;
  readonly summary: string;
}

/** What a command has to say when it is done. */
export interface CommandOutcome {
  /** Plain data, printed with `--json`. */
  readonly json: object;
  /** Whole lines for people, without the last line break. */
  readonly text: string;
  /** Whether the command looked for problems and found some: exit code 1. */
  readonly hasProblems?: boolean;
}

/** How far a command has come. */
export interface ProgressStep {
  /** What is being done, such as `copying`. */
  readonly label: string;
  readonly done: number;
  /** 0 where it is not known: then only the label is shown. */
  readonly total: number;
}

/** What the values of one call are made from. */
export interface GivenValues {
  readonly arguments: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<string, string | true>;
  readonly progress: (step: ProgressStep) => void;
  readonly note: (text: string) => void;
}

/** One call of a command. Only what the command declares may be asked for. */
export class CommandCall {
  readonly #given: GivenValues;

  constructor(given: GivenValues) {
    this.#given = given;
  }

  /** The value of an argument. */
  argument(name: string): string {
    const value = this.#given.arguments.get(name);
    assert(value !== undefined, `the command declares the argument ${name}`);
    return value;
  }

  /** The value of an option, or `undefined` if it was not given. */
  option(name: string): string | undefined {
    const value = this.#given.options.get(name);
    assert(value !== true, `the option ${name} is declared with a value`);
    return value;
  }

  /** Whether an option without a value was given. */
  has(name: string): boolean {
    return this.#given.options.get(name) === true;
  }

  /** Prints a line on standard error, for a command that goes on. */
  note(text: string): void {
    this.#given.note(text);
  }

  /** Shows how far the command has come, where somebody looks at a terminal. Cheap to call often. */
  progress(step: ProgressStep): void {
    this.#given.progress(step);
  }
}
