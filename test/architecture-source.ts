// A small scanner of TypeScript for the architecture rules: what a file imports, and its code without comments and
// literals. It knows no grammar; it knows where strings, templates, comments and regular expressions begin and end.

/** Kinds of text in a source file. */
type Kind = "code" | "comment" | "literal";

interface Piece {
  readonly kind: Kind;
  readonly text: string;
}

/** The text without comments and without what literals hold, so that a word in a message is not taken for code. */
export function codeOf(text: string): string {
  return pieces(text)
    .map((piece) => (piece.kind === "code" ? piece.text : piece.kind === "literal" ? '""' : " "))
    .join("");
}

/** Modules a file refers to: imports and re-exports, dynamic imports, and `new URL("…", import.meta.url)`. */
export function importsOf(text: string): string[] {
  const withoutComments = pieces(text)
    .map((piece) => (piece.kind === "comment" ? " " : piece.text))
    .join("");
  const patterns = [
    /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g,
    /\brequire\s*\(\s*["'`]([^"'`]+)["'`]/g,
    /\bnew\s+URL\(\s*["'`](\.[^"'`]+)["'`]\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...withoutComments.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** Cuts a file into pieces. Code inside `${…}` counts as part of its template. */
function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let codeStart = 0;
  let at = 0;
  while (at < text.length) {
    const kind = kindAt(text, at);
    if (kind === "code") {
      at++;
      continue;
    }
    const end = endOf(text, at);
    if (at > codeStart) found.push({ kind: "code", text: text.slice(codeStart, at) });
    found.push({ kind, text: text.slice(at, end) });
    at = end;
    codeStart = end;
  }
  if (codeStart < text.length) found.push({ kind: "code", text: text.slice(codeStart) });
  return found;
}

function kindAt(text: string, at: number): Kind {
  const character = text[at];
  if (character === '"' || character === "'" || character === "`") return "literal";
  if (character !== "/") return "code";
  if (text[at + 1] === "/" || text[at + 1] === "*") return "comment";
  return /(^|[(,=:[!&|?{};>]|\breturn|\bof|\bcase)\s*$/.test(text.slice(Math.max(0, at - 40), at))
    ? "literal"
    : "code";
}

function endOf(text: string, at: number): number {
  if (text.startsWith("//", at)) return indexOrEnd(text, "\n", at);
  if (text.startsWith("/*", at)) return indexOrEnd(text, "*/", at + 2) + 2;
  return text[at] === "/" ? endOfRegExp(text, at) : endOfString(text, at);
}

function endOfString(text: string, at: number): number {
  const quote = text[at];
  let end = at + 1;
  while (end < text.length && text[end] !== quote) {
    if (quote === "`" && text.startsWith("${", end)) end = endOfSubstitution(text, end + 2);
    else end += text[end] === "\\" ? 2 : 1;
  }
  return end + 1;
}

function endOfSubstitution(text: string, at: number): number {
  let end = at;
  for (let depth = 1; end < text.length && depth > 0;) {
    if (kindAt(text, end) !== "code") {
      end = endOf(text, end);
      continue;
    }
    if (text[end] === "{") depth++;
    if (text[end] === "}") depth--;
    end++;
  }
  return end;
}

function endOfRegExp(text: string, at: number): number {
  let isInClass = false;
  for (let end = at + 1; end < text.length && text[end] !== "\n"; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "[") isInClass = true;
    else if (text[end] === "]") isInClass = false;
    else if (text[end] === "/" && !isInClass) return end + 1;
  }
  return at + 1;
}

function indexOrEnd(text: string, needle: string, from: number): number {
  const index = text.indexOf(needle, from);
  return index === -1 ? text.length : index;
}
