// Reads the arguments of the command line, runs the command they name, and prints what came out of it: text, or with
// `--json` one object, on standard output and nothing else there. Errors and progress go to standard error.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { OmenError } from "../base/omen-error.js";
import { exactJsonText, type ExactJson } from "../model/exact-json.js";
import { type CliCommand, CommandCall, type CommandOutcome, type GivenValues } from "./command.js";
import { exitCodeOf, exitCodes } from "./exit-code.js";
import { ProgressBar, type TerminalStream } from "./progress-bar.js";

/** What a command line is made of. */
export interface CommandLineParts {
  readonly commands: readonly CliCommand[];
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
}

/** Runs what `words` (the arguments behind the name of the program) say; resolves to the exit code, and never rejects. */
export async function runCommandLine(words: readonly string[], parts: CommandLineParts): Promise<number> {
  const wantsJson = asksForJson(words);
  let exitCode: number = exitCodes.done;
  const program = await newProgram(parts);
  for (const command of parts.commands) {
    declare(program, command, async (given) => {
      const outcome = await runWithProgress(command, given, parts.stderr);
      exitCode = print(outcome, parts.stdout, wantsJson ? "json" : "text");
    });
  }
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    // Asked for, printed, done.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const told = error instanceof CommanderError ? usageError(error) : error;
    parts.stderr.write(`${wantsJson ? jsonOf(told) : textOf(told)}\n`);
    return exitCodeOf(told);
  }
}

/** Known before the words are read, so that wrong usage is told in the same form. A path of this name comes behind `--`. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return (end === -1 ? words : words.slice(0, end)).includes("--json");
}

async function newProgram({ stdout }: CommandLineParts): Promise<Command> {
  return new Command("omendb")
    .description("Works on the folders of OmenDB, an embedded vector database.")
    .version(await ownVersion())
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      // What is wrong is told with all other errors.
      outputError: () => undefined,
      writeErr: () => undefined,
    });
}

async function ownVersion(): Promise<string> {
  const path = fileURLToPath(import.meta.resolve("omendb/package.json"));
  // Our own manifest.
  return (JSON.parse(await readFile(path, "utf8")) as { readonly version: string }).version;
}

type Values = Omit<GivenValues, "progress" | "note">;

function declare(program: Command, command: CliCommand, run: (given: Values) => Promise<void>): void {
  // It takes the settings of the program, such as what exits and where help is printed.
  const declared = program.command(command.name).description(command.summary);
  for (const { name, summary } of command.arguments) declared.argument(`<${name}>`, summary);
  for (const { name, value, summary } of command.options)
    declared.option(value === undefined ? `--${name}` : `--${name} <${value}>`, summary);
  declared.option("--json", "print one JSON object");
  declared.action(async () => {
    const names = command.arguments.map(({ name }) => name);
    // The one parser fills both with texts, or with true for what has no value.
    const values = declared.opts<Record<string, string | true>>();
    const options = command.options.flatMap(({ name }) => {
      const value = values[camelCase(name)];
      return value === undefined ? [] : [[name, value] as const];
    });
    await run({
      arguments: new Map(names.map((name, i) => [name, declared.args[i]!])),
      options: new Map(options),
    });
  });
}

/** How the parser names what it has read. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}

async function runWithProgress(
  command: CliCommand,
  given: Values,
  stderr: TerminalStream,
): Promise<CommandOutcome> {
  const bar = new ProgressBar(stderr);
  try {
    const note = (text: string): void => {
      bar.remove();
      stderr.write(`${text}\n`);
    };
    return await command.run(new CommandCall({ ...given, progress: (step) => bar.show(step), note }));
  } finally {
    bar.remove();
  }
}

/** Prints what came out, and says which exit code it calls for. */
function print(
  { json, text, hasProblems }: CommandOutcome,
  stdout: TerminalStream,
  form: "json" | "text",
): number {
  // Plain data, with ids of 64 bits.
  stdout.write(`${form === "json" ? exactJsonText(json as ExactJson) : text}\n`);
  return hasProblems === true ? exitCodes.problemsFound : exitCodes.done;
}

function usageError({ code, message }: CommanderError): OmenError {
  // Without a command the parser would print the help and say nothing.
  const told =
    code === "commander.help" ? "no command was given" : message.replace(/^error: /, "").replace("\n", " ");
  const sentence = told.slice(0, 1).toUpperCase() + told.slice(1).replace(/\.$/, "");
  return new OmenError("invalid", "usage", `${sentence}. See omendb --help, or omendb <command> --help.`);
}

function textOf(error: unknown): string {
  if (error instanceof OmenError) return `omendb: ${error.message}`;
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `omendb: This is a fault of OmenDB; please report it with what follows.\n${told}`;
}

function jsonOf(error: unknown): string {
  if (error instanceof OmenError) {
    const { kind, code, message } = error;
    return JSON.stringify({ error: { kind, code, message } });
  }
  return JSON.stringify({ error: { kind: "fault", code: "fault", message: String(error) } });
}
