// The semantic dictionary: fills a database with glosses of WordNet once, then answers questions by their meaning.
// Exit codes: 0 answered, 1 the database cannot be opened or written, 2 wrong arguments, 130 interrupted.

import { relative, resolve } from "node:path";
import { setImmediate as turnOfTheEventLoop } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";

import { OmenError } from "omendb";
import { serve } from "omendb/server";

import { formatMs, renderAnswers, type Layout } from "./answers.js";
import { type Arguments, helpText, readArguments } from "./arguments.js";
import { Dictionary } from "./dictionary.js";
import { loadEmbedder, type Embedder } from "./embedder.js";
import { glossCount, readGlosses } from "./glosses.js";
import { formatCount, ProgressBar } from "./progress-bar.js";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
/** Answers a question: fewer where there are several, so that all of it fits one screen. */
const answersToOne = 8;
const answersToEach = 3;
/** That of Qdrant, whose clients look for it there. */
const defaultPort = 6333;

const builtInQuestions = [
  "afraid of people from other countries",
  "speak very quietly",
  "frozen water falling from the sky",
  "quickly and unexpectedly",
  "someone who teaches at a university",
];

process.exitCode = await main();

async function main(): Promise<number> {
  const chosen = readArguments(process.argv.slice(2));
  if (chosen.kind === "help") {
    print(helpText);
    return 0;
  }
  if (chosen.kind === "mistake") {
    process.stderr.write(`${chosen.message} See npm start -- --help.\n`);
    return 2;
  }
  const folder = resolve(chosen.folder ?? resolve(repository, "data", "dictionary"));
  try {
    return await run(folder, chosen);
  } catch (error) {
    if (!(error instanceof OmenError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function run(
  folder: string,
  { question, port = defaultPort }: Extract<Arguments, { readonly kind: "run" }>,
): Promise<number> {
  const startedAtMs = performance.now();
  const dictionary = await Dictionary.open(folder);
  try {
    const count = await dictionary.count();
    const openedIn = formatMs(performance.now() - startedAtMs);
    print(`\n  Opened ${nameOf(folder)} in ${openedIn}: ${formatCount(count)} glosses of WordNet.\n`);
    const embedder = await loadAndTell();
    if (count < glossCount && !(await fill(dictionary, embedder))) return 130;
    print("\n");
    if (question === undefined) await serveAndTell(dictionary, embedder, port);
    else await answer(dictionary, embedder, { question, limit: answersToOne });
    return 0;
  } finally {
    await dictionary.close();
  }
}

async function loadAndTell(): Promise<Embedder> {
  const startedAtMs = performance.now();
  const embedder = await loadEmbedder();
  print(`  Loaded the text model in ${formatMs(performance.now() - startedAtMs)}.\n`);
  return embedder;
}

/** Embeds and stores what is missing. Returns false if the user pressed Ctrl-C; what was stored stays. */
async function fill(dictionary: Dictionary, embedder: Embedder): Promise<boolean> {
  const glosses = readGlosses();
  const missing = await dictionary.missing(glosses);
  const alreadyDone = glosses.length - missing.length;
  const bar = new ProgressBar({
    output: process.stderr,
    unit: "glosses",
    total: glosses.length,
    alreadyDone,
  });
  let isInterrupted = false;
  // The second Ctrl-C ends the process at once, which costs no more than the batch under way.
  process.once("SIGINT", () => (isInterrupted = true));
  for await (const added of dictionary.add(missing, embedder)) {
    bar.advance(added);
    // A batch computes for long stretches; signals are delivered only in a turn of the event loop.
    await turnOfTheEventLoop();
    if (isInterrupted) break;
  }
  bar.finish();
  if (isInterrupted)
    print("  Interrupted. What is embedded is kept: start again and it goes on from here.\n");
  return !isInterrupted;
}

/** Answers a few questions here, then everybody's over HTTP until Ctrl-C. */
async function serveAndTell(dictionary: Dictionary, embedder: Embedder, port: number): Promise<void> {
  for (const question of builtInQuestions) {
    await answer(dictionary, embedder, { question, limit: answersToEach });
  }
  const server = await serve(dictionary.database, { port, embed: (text) => embedder.embedOne(text) });
  print(`  Ask your own: ${server.url} in a browser, or npm start -- "fear of small closed rooms"\n`);
  print(`  The same address serves the clients of Qdrant and of OmenDB. Ctrl-C stops.\n\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await server.close();
}

async function answer(
  dictionary: Dictionary,
  embedder: Embedder,
  { question, limit }: { readonly question: string; readonly limit: number },
): Promise<void> {
  const askedAtMs = performance.now();
  const vector = await embedder.embedOne(question);
  const embeddedAtMs = performance.now();
  const answers = await dictionary.search(vector, limit);
  const foundAtMs = performance.now();
  const times = { embeddingMs: embeddedAtMs - askedAtMs, searchMs: foundAtMs - embeddedAtMs };
  print(`${renderAnswers({ question, answers, ...times }, chooseLayout())}\n`);
}

/** 80 columns, or a little less or more if the terminal is; bold and faint only where they can be seen. */
function chooseLayout(): Layout {
  const { stdout, env } = process;
  const isStyled = stdout.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return {
    width: Math.min(Math.max(stdout.columns ?? 80, 60), 100),
    strong: (text) => (isStyled ? styleText("bold", text) : text),
    faint: (text) => (isStyled ? styleText("dim", text) : text),
  };
}

/** The folder as short as it can be said from here. */
function nameOf(folder: string): string {
  const fromHere = relative(process.cwd(), folder);
  return fromHere.startsWith("..") || fromHere === "" ? folder : fromHere;
}

function print(text: string): void {
  process.stdout.write(text);
}
