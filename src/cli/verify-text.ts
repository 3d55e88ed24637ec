// How findings of verification and repair are told to people.

import type { CheckedId, CheckProblem, CheckProgress } from "../index.js";
import type { ProgressStep } from "./command.js";

/** How much there is to read is not known before it was read. */
export function stepOf({ collection, part, done }: CheckProgress): ProgressStep {
  return { label: `${collection ?? "database"}: ${part} ${done}`, done: 0, total: 0 };
}

export function idText(id: CheckedId): string {
  return typeof id === "object" ? id.integer : JSON.stringify(id);
}

/** A line a problem, and one for those of which only the number is told. */
export function problemLines(problems: readonly CheckProblem[]): string[] {
  const lines: string[] = [];
  const told = new Map<string, number>();
  for (const { collection, kind, remedy, place, count, detail } of problems) {
    const where = collection === null ? place : `${collection}, ${place}`;
    lines.push(`${kind} (${remedy}) in ${where}: ${detail}`);
    const key = `${kind} ${where}`;
    told.set(key, (told.get(key) ?? count) - 1);
  }
  for (const [key, rest] of told) if (rest > 0) lines.push(`and ${rest} more: ${key}`);
  return lines;
}
