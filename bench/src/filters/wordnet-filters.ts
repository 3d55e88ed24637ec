// The columns that the set of WordNet has of its own, and filters on them: parts of speech, domains, topics, how often a word
// was tagged in texts, and how many narrower ones it has. They go with the meaning, and so with the vectors.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Filter } from "omendb";
import type { AskedColumns, StoredColumn } from "./row-filters.js";

/** What is used of a row. */
interface WordnetRow {
  readonly pos: string;
  readonly domain: string;
  readonly topic?: string;
  readonly tagCount: number;
  readonly nHyponyms: number;
}

interface WordnetFilter {
  readonly filter: Filter;
  readonly sql: string;
  readonly passes: (row: WordnetRow) => boolean;
}

const equal = (name: "pos" | "domain" | "topic", value: string): WordnetFilter => ({
  filter: { [name]: value },
  sql: `${name} = '${value}'`,
  passes: (row) => row[name] === value,
});

const tagged = (least: number): WordnetFilter => ({
  filter: { tagcount: { $gte: least } },
  sql: `tagcount >= ${least}`,
  passes: ({ tagCount }) => tagCount >= least,
});

const narrower = (least: number): WordnetFilter => ({
  filter: { nhyponyms: { $gte: least } },
  sql: `nhyponyms >= ${least}`,
  passes: ({ nHyponyms }) => nHyponyms >= least,
});

const notMoreNarrower = (most: number): WordnetFilter => ({
  filter: { nhyponyms: { $lte: most } },
  sql: `nhyponyms <= ${most}`,
  passes: ({ nHyponyms }) => nHyponyms <= most,
});

const both = (a: WordnetFilter, b: WordnetFilter): WordnetFilter => ({
  filter: { $and: [a.filter, b.filter] },
  sql: `${a.sql} and ${b.sql}`,
  passes: (row) => a.passes(row) && b.passes(row),
});

const either = (a: WordnetFilter, b: WordnetFilter): WordnetFilter => ({
  filter: { $or: [a.filter, b.filter] },
  sql: `${a.sql} or ${b.sql}`,
  passes: (row) => a.passes(row) || b.passes(row),
});

/** From 0.01 % of the 50,000 rows to 90 %. */
const asked: readonly WordnetFilter[] = [
  narrower(150),
  equal("domain", "noun.motive"),
  both(equal("domain", "noun.animal"), tagged(10)),
  equal("topic", "botany"),
  equal("topic", "law"),
  both(equal("pos", "verb"), tagged(20)),
  tagged(20),
  equal("domain", "noun.animal"),
  equal("domain", "noun.artifact"),
  either(equal("pos", "verb"), equal("pos", "adverb")),
  narrower(1),
  tagged(1),
  equal("pos", "noun"),
  notMoreNarrower(0),
  notMoreNarrower(1),
];

/** The first `n` rows of the set in this folder. */
export function wordnetColumns(folder: string, n: number): AskedColumns {
  const text = gunzipSync(readFileSync(join(folder, "metadata.jsonl.gz"))).toString();
  // The file is the one of the set, whose README names the keys.
  const rows = text.split("\n", n).map((line) => JSON.parse(line) as WordnetRow);
  const column = (name: string, kind: StoredColumn["kind"], key: keyof WordnetRow): StoredColumn => ({
    name,
    kind,
    values: rows.map((row) => row[key]),
  });
  return {
    columns: [
      column("pos", "text", "pos"),
      column("domain", "text", "domain"),
      column("topic", "text", "topic"),
      column("tagcount", "number", "tagCount"),
      column("nhyponyms", "number", "nHyponyms"),
    ],
    filters: asked.map(({ filter, sql, passes }) => ({
      title: sql,
      filter,
      sql,
      flags: Uint8Array.from(rows, (row) => Number(passes(row))),
    })),
  };
}
