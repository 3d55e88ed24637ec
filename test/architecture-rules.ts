// The architecture of the repository as rules: each is a pure function from source files to the violations found in
// them. architecture.test.ts runs them on this repository, and shows for each that it can fail.

import { posix } from "node:path";
import { codeOf, importsOf } from "./architecture-source.js";

/** A file of the repository: its path from the root with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A broken rule, as one line: where, and what is wrong. */
export type Violation = string;

/** What the files of a layer may import: other layers, built-in modules, packages. */
interface LayerRule {
  readonly layers: readonly string[];
  /** Doors that the layer goes through, so that it sees what is public and nothing else. */
  readonly doors?: readonly string[];
  readonly builtins?: readonly string[];
  readonly packages?: readonly string[];
}

const files = ["node:fs", "node:fs/promises", "node:path"];

/** ARCHITECTURE.md shows the same table with reasons. */
const layerRules: Readonly<Record<string, LayerRule>> = {
  base: { layers: [], builtins: ["node:zlib"] },
  model: { layers: ["base"], packages: ["re2js", "lossless-json"] },
  // V8 hides relaxed SIMD behind a flag on Node 20.
  kernel: { layers: ["base"], builtins: ["node:v8"] },
  vector: {
    layers: ["base", "model", "kernel"],
    builtins: [...files, "node:worker_threads", "node:url", "node:timers/promises"],
  },
  metadata: { layers: ["base", "model", "kernel"] },
  text: { layers: ["base", "model", "kernel"] },
  store: {
    layers: ["base", "model"],
    builtins: [...files, "node:os", "node:module", "node:timers/promises", "node:child_process", "node:url"],
    packages: ["lmdb"],
  },
  backup: { layers: ["base", "model", "store"], builtins: [...files, "node:crypto"] },
  collection: { layers: ["base", "model", "vector", "metadata", "text", "store"], builtins: files },
  database: {
    layers: ["base", "model", "collection", "store", "backup"],
    builtins: [...files, "node:os", "node:crypto", "node:util"],
  },
  server: {
    layers: ["base", "model"],
    builtins: ["node:http", "node:https", "node:stream", "node:crypto", "node:zlib"],
    packages: ["jose", "prom-client", "@opentelemetry/api"],
  },
  client: { layers: ["base", "model"] },
  cluster: { layers: ["base", "model", "database"] },
  cli: {
    layers: ["base", "model"],
    doors: ["index", "server", "client"],
    builtins: [...files, "node:url", "node:readline", "node:crypto"],
    packages: ["commander", "pino"],
  },
};

/** Doors wire layers together; each is src/<name>.ts. */
const doorRules: Readonly<Record<string, LayerRule>> = {
  index: { layers: ["base", "model", "database"] },
  server: { layers: ["base", "model", "server"], builtins: ["node:module"] },
  client: { layers: ["base", "model", "client"] },
  cluster: { layers: ["base", "model", "cluster"] },
  cli: { layers: ["base", "model", "cli"] },
};

const testPackages = new Set(["fast-check"]);
const isTest = (path: string): boolean => /\.(test|suite)\.ts$/.test(path);
const isTypeScript = (path: string): boolean => /\.[cm]?ts$/.test(path);
const isGenerated = (path: string): boolean => path.endsWith(".generated.ts");

/** True for TypeScript that people write: where the rules on files apply. */
export function isWritten(file: SourceFile): boolean {
  return (
    /^(src|test|bench|examples|kernels)\//.test(file.path) &&
    isTypeScript(file.path) &&
    !isGenerated(file.path)
  );
}

/** Layers import one way only, and reach files, threads and packages only where the table says so. */
export function checkImports(sources: readonly SourceFile[]): Violation[] {
  return sources
    .filter((file) => file.path.startsWith("src/") && isTypeScript(file.path))
    .flatMap(checkImportsOf);
}

function checkImportsOf(file: SourceFile): Violation[] {
  const [, first = "", ...deeper] = file.path.split("/");
  const isDoor = deeper.length === 0;
  const name = isDoor ? first.replace(/(\.test|\.suite)?\.ts$/, "") : first;
  const rule = (isDoor ? doorRules : layerRules)[name];
  if (rule === undefined) return [`${file.path}: ${isDoor ? "no such door" : `no such layer: ${name}`}`];
  return importsOf(file.text)
    .filter((target) => !isAllowed(target, file, isDoor ? undefined : name, rule))
    .map((target) => `${file.path}: may not import ${target}`);
}

function isAllowed(target: string, file: SourceFile, own: string | undefined, rule: LayerRule): boolean {
  if (target.startsWith(".")) {
    const [root, layer = "", ...deeper] = posix.join(posix.dirname(file.path), target).split("/");
    if (root !== "src") return false;
    if (deeper.length === 0) return (rule.doors ?? []).includes(layer.replace(/\.js$/, ""));
    return layer === own || rule.layers.includes(layer);
  }
  if (target === "node:assert") return true;
  if (target.startsWith("node:")) return isTest(file.path) || (rule.builtins ?? []).includes(target);
  return (rule.packages ?? []).includes(target) || (isTest(file.path) && testPackages.has(target));
}

/** Whole-system tests, benchmarks and examples see the package as its users do: by its name. */
export function checkOutsiders(sources: readonly SourceFile[]): Violation[] {
  return sources
    .filter((file) => /^(test|bench|examples)\//.test(file.path) && isWritten(file))
    .flatMap((file) =>
      importsOf(file.text)
        .filter((target) => posix.join(posix.dirname(file.path), target).startsWith("src/"))
        .map((target) => `${file.path}: may not import ${target}; import "omendb"`),
    );
}

/** The lowest layers know no time, no chance and no process; the environment is read by the command line alone. */
export function checkAmbient(sources: readonly SourceFile[]): Violation[] {
  const pure =
    /\b(Date\.now|new Date\b(?!\([^)])|performance\.now|Math\.random|process\.(?!versions\b)|setTimeout|setInterval|console\.)/;
  return sources
    .filter((file) => file.path.startsWith("src/") && isWritten(file) && !isTest(file.path))
    .flatMap((file) => {
      const code = codeOf(file.text);
      const found = /^src\/(base|model|kernel)\//.test(file.path) ? pure.exec(code) : null;
      const violations = found === null ? [] : [`${file.path}: ${found[0]} has no place in this layer`];
      const readsEnvironment = code.includes("process.env") && file.path !== "src/cli.ts";
      return readsEnvironment
        ? [...violations, `${file.path}: only the command line reads the environment`]
        : violations;
    });
}

const vagueNames = new Set(["utils", "util", "helpers", "helper", "types", "common", "misc"]);

/** A name says what is inside, and no folder hides its files behind an index. */
export function checkNames(sources: readonly SourceFile[]): Violation[] {
  return sources.filter(isWritten).flatMap((file) => {
    const name = posix.basename(file.path).replace(/\..*$/, "");
    if (vagueNames.has(name)) return [`${file.path}: a name that says nothing grows without limit`];
    if (name === "index" && file.path !== "src/index.ts" && !isKernelEntry(file)) {
      return [`${file.path}: no folder has an index`];
    }
    return [];
  });
}

// The AssemblyScript compiler takes one file that exports what the module exports.
function isKernelEntry(file: SourceFile): boolean {
  return file.path.startsWith("kernels/");
}

const openingCharactersMin = 30;

/** Each file opens with whole sentences of its own: what it is, what it is not, where its format is. */
export function checkOpenings(sources: readonly SourceFile[]): Violation[] {
  const seen = new Map<string, string>();
  return sources.filter(isWritten).flatMap((file) => {
    const opening = openingOf(file.text);
    if (opening.length < openingCharactersMin)
      return [`${file.path}: opens without a comment that says what it is`];
    const other = seen.get(opening);
    seen.set(opening, file.path);
    return other === undefined ? [] : [`${file.path}: opens with the same comment as ${other}`];
  });
}

function openingOf(text: string): string {
  const lines = text.replace(/^#!.*\n/, "").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  const comment = lines.slice(0, end === -1 ? lines.length : end);
  return comment.map((line) => line.slice(2).trim()).join(" ");
}

const lineCountMax = 500;

/** A file past this length is two files. */
export function checkLengths(sources: readonly SourceFile[]): Violation[] {
  return sources
    .filter(isWritten)
    .map((file) => ({ file, lineCount: file.text.split("\n").length - 1 }))
    .filter(({ lineCount }) => lineCount > lineCountMax)
    .map(({ file, lineCount }) => `${file.path}: ${lineCount} lines, ${lineCountMax} at most`);
}

/** The type system is not switched off, and types leave no code behind. */
export function checkTypes(sources: readonly SourceFile[]): Violation[] {
  const written = sources.filter((file) => isWritten(file) && !file.path.startsWith("kernels/assembly/"));
  return written.flatMap((file) => {
    const code = codeOf(file.text);
    const violations: Violation[] = [];
    if (/(:|<|\bas|\||=>)\s*any\b|,\s*any\s*>/.test(code)) violations.push(`${file.path}: the type any`);
    if (/\benum\s+\w+\s*\{/.test(code)) violations.push(`${file.path}: an enum`);
    if (/\/\/\s*@ts-(ignore|nocheck)/.test(file.text))
      violations.push(`${file.path}: switches the compiler off`);
    return violations;
  });
}

// A class of one character keeps each pattern from matching itself.
const textRules: readonly { readonly pattern: RegExp; readonly complaint: string }[] = [
  {
    pattern: /(?<![\w.:/@*}`)-])\/(home|root|work|Users|workspace)\/[\w.-]+|\b[A-Z]:\\+Users\\/,
    complaint: "a path of one machine",
  },
  {
    pattern: /\bregistry[.][a-z0-9-]+\.[a-z]+|"resolved"[:] "https?:|_auth[T]oken|^registry\s*=/m,
    complaint: "a registry's address",
  },
  { pattern: /\b(TO[D]O|FIX[M]E|XX[X])\b/, complaint: "an unfinished part; finish it or file it" },
];

/** No tracked file knows the machine or the registry it was written with, or leaves a note to finish it later. */
export function checkText(sources: readonly SourceFile[]): Violation[] {
  return sources.flatMap((file) =>
    textRules.flatMap(({ pattern, complaint }) => {
      const found = pattern.exec(file.text);
      if (found === null) return [];
      const line = file.text.slice(0, found.index).split("\n").length;
      return [`${file.path}:${line}: ${complaint}: ${found[0]}`];
    }),
  );
}

/** What a decision about dependencies is checked against. */
export interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Every dependency is named, between backticks, on a page of docs/decisions/. Peers and data sets of benchmarks, which
 * are installed on demand under lock files of their own, are not ours.
 */
export function checkDependencies(sources: readonly SourceFile[]): Violation[] {
  const decisions = sources
    .filter((file) => /^docs\/decisions\/.+\.md$/.test(file.path))
    .map((file) => file.text);
  return sources
    .filter(
      (file) => posix.basename(file.path) === "package.json" && !/^bench\/(peers|data)\//.test(file.path),
    )
    .flatMap((file) => {
      // Our own manifests, which npm itself has read before any test runs.
      const manifest = JSON.parse(file.text) as Manifest;
      return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
        .filter((name) => name !== "omendb" && !decisions.some((text) => text.includes(`\`${name}\``)))
        .map((name) => `${file.path}: ${name} has no page in docs/decisions/`);
    });
}

/** Links between documents lead to files that are there. */
export function checkLinks(sources: readonly SourceFile[]): Violation[] {
  const isThere = (path: string): boolean =>
    sources.some((file) => file.path === path || file.path.startsWith(path));
  return sources
    .filter((file) => file.path.endsWith(".md"))
    .flatMap((file) =>
      [...file.text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? "")
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !isThere(posix.join(posix.dirname(file.path), target)))
        .map((target) => `${file.path}: the link to ${target} leads nowhere`),
    );
}

/** The names that a door re-exports as types, sorted: `export type { A }` and `export { type A }`. */
export function exportedTypes(door: string): string[] {
  return [...codeOf(door).matchAll(/export\s+(type\s*)?\{([^}]*)\}/g)]
    .flatMap(([, type, names = ""]) => {
      const found = names.split(",").map((name) => name.trim());
      return type === undefined ? found.filter((name) => name.startsWith("type ")) : found;
    })
    .map((name) => name.replace(/^type\s|^.*\bas\b/, "").trim())
    .filter((name) => name !== "")
    .toSorted();
}
