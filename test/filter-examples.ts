// Takes the points and the filters out of docs/reference/filters.md: each line of a block marked `filter` is a filter, and
// behind the slashes the ids that it lets through.

import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Filter, Metadata, PointId } from "omendb";
import { repositoryRoot } from "./architecture-files.js";

export const filtersPage = readFileSync(join(repositoryRoot, "docs", "reference", "filters.md"), "utf8");

/** What the page says. */
export interface FilterExamples {
  readonly points: readonly { readonly id: PointId; readonly metadata: Metadata }[];
  readonly examples: readonly {
    readonly text: string;
    readonly filter: Filter;
    readonly ids: readonly PointId[];
  }[];
}

/** Evaluates the page's blocks as a module, in a folder that the caller removes. */
export async function readFilterExamples(page: string, folder: string): Promise<FilterExamples> {
  const [points = ""] = blocksOf(page, "points");
  const lines = blocksOf(page, "filter").flatMap((block) => block.trim().split("\n"));
  const examples = lines.map((line) => {
    const [filter = "", ids] = line.split(" //");
    if (ids === undefined) throw new Error(`An example without ids: ${line}`);
    return `{ text: ${JSON.stringify(filter)}, filter: ${filter}, ids: [${ids}] }`;
  });
  const path = join(folder, "examples.mjs");
  await writeFile(
    path,
    `export const points = ${points.trim().replace(/;$/, "")};\nexport const examples = [${examples.join(",\n")}];\n`,
  );
  // The page is ours, and what is wrong in it fails the test.
  return (await import(pathToFileURL(path).href)) as FilterExamples;
}

function blocksOf(page: string, mark: string): string[] {
  return [...page.matchAll(/^```(?:js )?(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === mark)
    .map(([, , text = ""]) => text);
}
