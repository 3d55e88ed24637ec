// Reads the command line. Whatever it does not know is an error: a mistyped option must not become a question.

import { parseArgs } from "node:util";

/** What the user asked for. */
export type Arguments =
  | { readonly kind: "help" }
  | { readonly kind: "run"; readonly question?: string; readonly folder?: string; readonly port?: number }
  | { readonly kind: "mistake"; readonly message: string };

export const helpText = `A semantic dictionary: describe a meaning and it names the words.

Usage: npm start                                        a few built-in questions, then a page and a server
       npm start -- "fear of small closed rooms"        your own question
       npm start -- --data <folder> --port <number>

  --data <folder>   where the database is kept (default: data/dictionary in the repository)
  --port <number>   where it is served (default: 6333; 0 for any)
  --help            this text

The first start embeds 3,000 glosses of WordNet, which takes about 40 seconds.
It can be interrupted at any moment; the next start goes on from there. Nothing is downloaded.
`;

/** Reads the arguments behind the name of the script. Words of a question need no quotes. */
export function readArguments(argv: readonly string[]): Arguments {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      options: { data: { type: "string" }, port: { type: "string" }, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    return mistake(error instanceof Error ? firstSentence(error.message) : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: "help" };
  if (values.data?.trim() === "") return mistake("--data needs the name of a folder.");
  if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) < 65_536))
    return mistake(`--port needs a number from 0 to 65535, not ${values.port}.`);
  const question = positionals.join(" ").replace(/\s+/g, " ").trim();
  if (positionals.length > 0 && question === "") return mistake("The question is empty.");
  if (question.length > questionLengthMax) {
    return mistake(
      `The question has ${question.length} characters; at most ${questionLengthMax} are understood.`,
    );
  }
  return {
    kind: "run",
    ...(question === "" ? {} : { question }),
    ...(values.data === undefined ? {} : { folder: values.data }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  };
}

/** Long texts take the model seconds (its time grows with the square) and mean nothing in particular. */
const questionLengthMax = 500;

function mistake(message: string): Arguments {
  return { kind: "mistake", message };
}

/** Node adds a hint about `--` behind the first sentence, which is wrong under `npm start`. */
function firstSentence(message: string): string {
  return `${message.split(/\. |\n/)[0]?.replace(/\.$/, "") ?? message}.`;
}
