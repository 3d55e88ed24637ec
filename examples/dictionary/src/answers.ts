// Lays out the answers to one question as a table for a terminal. Pure: it takes values and returns text.

import type { Answer } from "./dictionary.js";

/** A question that has been answered. */
export interface AnsweredQuestion {
  readonly question: string;
  readonly answers: readonly Answer[];
  /** How long the model took for the question, and the database for the search. */
  readonly embeddingMs: number;
  readonly searchMs: number;
}

/** How to lay out: the width in columns, and how to make text stand out or step back. */
export interface Layout {
  readonly width: number;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const scoreWidth = 5;
const wordsWidth = 23;
const partWidth = 4;
const gap = "  ";
const meaningLinesMax = 2;

const shortNames: Readonly<Record<string, string>> = { adjective: "adj.", adverb: "adv." };

/** The question, a row for each answer, and the times below them. */
export function renderAnswers(answered: AnsweredQuestion, layout: Layout): string {
  const { question, answers, embeddingMs, searchMs } = answered;
  const times = `question embedded in ${formatMs(embeddingMs)}, answers found in ${formatMs(searchMs)}`;
  return [
    gap + layout.strong(question),
    gap + layout.faint("─".repeat(layout.width - 2 * gap.length)),
    ...answers.flatMap((answer, i) => renderRow(answer, { ...layout, isBest: i === 0 })),
    gap + layout.faint(times),
    "",
  ].join("\n");
}

function renderRow(answer: Answer, layout: Layout & { readonly isBest: boolean }): string[] {
  const meaningWidth = layout.width - 5 * gap.length - scoreWidth - wordsWidth - partWidth;
  const [first = "", ...rest] = wrap(answer.gloss, meaningWidth);
  const words = wordsThatFit(answer.words).padEnd(wordsWidth);
  const columns = [
    answer.score.toFixed(2).padStart(scoreWidth),
    layout.isBest ? layout.strong(words) : words,
    layout.faint((shortNames[answer.partOfSpeech] ?? answer.partOfSpeech).padEnd(partWidth)),
    first,
  ];
  const indent = " ".repeat(4 * gap.length + scoreWidth + wordsWidth + partWidth);
  return [gap + columns.join(gap), ...rest.map((line) => indent + line)];
}

/** As many of the words as the column holds; a single long word is cut. */
function wordsThatFit(words: readonly string[]): string {
  let shown = words[0] ?? "";
  for (const word of words.slice(1)) {
    if (shown.length + 2 + word.length > wordsWidth) break;
    shown += `, ${word}`;
  }
  return shown.length > wordsWidth ? `${shown.slice(0, wordsWidth - 1)}…` : shown;
}

/** Breaks at spaces; what does not fit the last line is cut with an ellipsis. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line === "") line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const shown = lines.slice(0, meaningLinesMax);
  if (shown.length < lines.length) {
    const last = shown[meaningLinesMax - 1] ?? "";
    shown[meaningLinesMax - 1] = `${last.slice(0, width - 2)} …`;
  }
  return shown.map((shownLine) =>
    shownLine.length > width ? `${shownLine.slice(0, width - 1)}…` : shownLine,
  );
}

/** Milliseconds with as many digits as say something: `0.42 ms`, `21 ms`. */
export function formatMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}
