// Takes the code blocks out of README.md: those marked `runnable`, each with the output that the page says it has.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./architecture-files.js";

/** A program on the page, and the text block behind it. */
export interface RunnableBlock {
  readonly language: string;
  readonly code: string;
  readonly output: string;
}

export const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");

/** Every block whose info string is a language and `runnable`. The next block must be its output, marked `text`. */
export function runnableBlocks(page: string): RunnableBlock[] {
  const blocks = [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    info: (match[1] ?? "").trim(),
    text: match[2] ?? "",
  }));
  return blocks.flatMap(({ info, text }, i) => {
    const [language = "", mark] = info.split(" ");
    if (mark !== "runnable") return [];
    const next = blocks[i + 1];
    if (next?.info !== "text") throw new Error(`A runnable block without its output:\n${text}`);
    return [{ language, code: text, output: next.text }];
  });
}
