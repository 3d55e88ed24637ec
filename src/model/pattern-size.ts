// How large the program of a regular expression would be, from its text alone, so that one which would take long to
// compile is refused before. Counted repeats multiply what they repeat: `(a{30}){30}` is 900 letters.

/** About the instructions of the compiled pattern: a sum over its atoms, each as often as counted repeats have it. */
export function estimatePatternSize(pattern: string): number {
  /** Sizes of the open groups, from the outside in, and of the last atom in each. */
  const open: { size: number; atom: number }[] = [{ size: 0, atom: 0 }];
  for (let i = 0; i < pattern.length;) {
    const group = open[open.length - 1]!;
    const end = atomEnd(pattern, i);
    const repeat = countedRepeat(pattern, i);
    if (repeat !== undefined) {
      group.size += group.atom * Math.max(0, repeat.count - 1);
      group.atom *= Math.max(1, repeat.count);
      i = repeat.end;
    } else if (pattern[i] === "(") {
      open.push({ size: 0, atom: 0 });
      i = groupStart(pattern, i);
    } else if (pattern[i] === ")" && open.length > 1) {
      open.pop();
      append(open[open.length - 1]!, group.size + 1);
      i++;
    } else {
      append(group, 1);
      i = end;
    }
  }
  return open.reduce((sum, { size }) => sum + size, 0);
}

function append(group: { size: number; atom: number }, atom: number): void {
  group.size += atom;
  group.atom = atom;
}

/** Where the content of the group at `start` begins: behind `(`, `(?:`, `(?i:` or `(?P<name>`. */
function groupStart(pattern: string, start: number): number {
  const opening = /\((?:\?[a-zA-Z-]{0,9}:|\?P?<\w{1,99}>)?/y;
  opening.lastIndex = start;
  opening.test(pattern);
  return opening.lastIndex;
}

/** Where the character, escape or class at `start` ends. */
function atomEnd(pattern: string, start: number): number {
  if (pattern[start] === "\\") {
    const braces = /\\[pPx]\{[^}]*\}/y;
    braces.lastIndex = start;
    return braces.test(pattern) ? braces.lastIndex : start + 2;
  }
  if (pattern[start] !== "[") return start + 1;
  // A bracket right behind the opening one, or behind its negation, is an ordinary character.
  let i = start + 1;
  if (pattern[i] === "^") i++;
  if (pattern[i] === "]") i++;
  while (i < pattern.length && pattern[i] !== "]") i += pattern[i] === "\\" ? 2 : 1;
  return i + 1;
}

/** A repeat such as `{3}`, `{3,}` or `{3,5}` at `start`. */
function countedRepeat(
  pattern: string,
  start: number,
): { readonly count: number; readonly end: number } | undefined {
  const repeat = /\{(\d{1,9})(?:,(\d{0,9}))?\}/y;
  repeat.lastIndex = start;
  const found = repeat.exec(pattern);
  if (found === null) return undefined;
  return { count: Math.max(Number(found[1]), Number(found[2] ?? 0)), end: repeat.lastIndex };
}
