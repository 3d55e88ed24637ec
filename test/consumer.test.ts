// Packs the package, installs it in an empty folder as a user would, and runs README.md's program there in JavaScript
// and in TypeScript. What is packed is looked at too: how much it is, and that it is all meant for users.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { repositoryRoot } from "./architecture-files.js";
import { readme, runnableBlocks } from "./readme-blocks.js";

const run = promisify(execFile);
const packedBytesMax = 1_500_000;
const unpackedBytesMax = 6_000_000;

/** What `npm pack --json` says of a package. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const folder = mkdtempSync(join(tmpdir(), "omendb-consumer-"));
const consumer = join(folder, "consumer");
const installed = join(consumer, "node_modules", "omendb");
let packed: Packed;

/** Runs npm with the npm that runs these tests, else the one on the path; without settings of the outer run. */
function npm(args: readonly string[], cwd: string): ReturnType<typeof run> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_local_prefix|package|lifecycle)/.test(name),
    ),
  );
  const script = process.env["npm_execpath"];
  const isScript = script !== undefined && /\.[cm]?js$/.test(script);
  return isScript
    ? run(process.execPath, [script, ...args], { cwd, env })
    : run("npm", [...args], { cwd, env, shell: process.platform === "win32" });
}

before(async () => {
  await mkdir(consumer);
  await writeFile(
    join(consumer, "package.json"),
    '{ "name": "consumer", "private": true, "type": "module" }\n',
  );
  // The build that the tests run on is packed as it is, so nothing is built beside running tests.
  const { stdout } = await npm(
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    repositoryRoot,
  );
  // The shape of npm's own report.
  const [first] = JSON.parse(String(stdout)) as Packed[];
  assert.ok(first);
  packed = first;
  const types = readManifest(join(repositoryRoot, "node_modules", "@types", "node"));
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];
  await npm(["install", ...quiet, join(folder, packed.filename), `@types/node@${types.version}`], consumer);
});

after(() => rm(folder, { recursive: true, force: true }));

/** What these tests read of a package.json. */
interface Manifest {
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
}

function readManifest(packageFolder: string): Manifest {
  // Manifests that npm has read before us.
  return JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as Manifest;
}

/** Runs the compiler of this repository in the consumer's folder, in its strictest form. */
async function compile(files: readonly string[], libraries = ["es2022"]): Promise<void> {
  const settings = {
    compilerOptions: {
      target: "es2022",
      lib: libraries,
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      types: ["node"],
      outDir: "compiled",
    },
    files,
  };
  await writeFile(join(consumer, "tsconfig.json"), JSON.stringify(settings));
  const compilerFolder = join(repositoryRoot, "node_modules", "typescript");
  const bin = readManifest(compilerFolder).bin?.["tsc"] ?? "bin/tsc";
  try {
    await run(process.execPath, [join(compilerFolder, bin), "-p", "."], { cwd: consumer });
  } catch (error) {
    // The compiler reports on standard output, which the error of a failed process carries.
    throw new Error(String((error as { stdout?: unknown }).stdout), { cause: error });
  }
}

async function runProgram(name: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: consumer });
  assert.equal(stderr, "");
  return stdout;
}

test("the package holds what users need and nothing else", (t) => {
  t.diagnostic(`${packed.files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
  const paths = packed.files.map((file) => file.path);
  const unwanted =
    /\.(test|suite|bench)\.|whole-system|tsbuildinfo|^(src|test|bench|examples|kernels|docs|\.)|\.tgz$/;
  assert.deepEqual(
    paths.filter((path) => unwanted.test(path)),
    [],
  );
  const top = paths.filter((path) => !path.startsWith("dist/")).toSorted();
  assert.deepEqual(top, ["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
  for (const needed of ["dist/index.js", "dist/index.d.ts"]) assert.ok(paths.includes(needed), needed);
  assert.ok(packed.size < packedBytesMax, `${packed.size} bytes packed, ${packedBytesMax} at most`);
  assert.ok(
    packed.unpackedSize < unpackedBytesMax,
    `${packed.unpackedSize} bytes, ${unpackedBytesMax} at most`,
  );
});

test("every packed file belongs to a source, and none reaches for tests or for files that are not there", async () => {
  const paths = new Set(packed.files.map((file) => file.path));
  for (const path of paths) {
    if (!path.startsWith("dist/")) continue;
    const text = await readFile(join(installed, path), "utf8");
    if (path.endsWith(".map")) continue;
    assert.doesNotMatch(text, /from "(node:test|fast-check)"/, path);
    const imports = [...text.matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+)";/gm)].map(
      (match) => match[1] ?? "",
    );
    for (const target of imports) {
      const file = join(dirname(path), target).replaceAll("\\", "/");
      assert.ok(paths.has(file), `${path} imports ${target}, which is not packed`);
    }
    const map = /^\/\/# sourceMappingURL=(.+)$/m.exec(text)?.[1];
    if (map !== undefined)
      assert.ok(paths.has(`${dirname(path)}/${map}`), `${path} names a map that is not packed`);
  }
});

test("nothing is compiled or run when it is installed", () => {
  const { scripts = {}, gypfile, dependencies = {} } = readManifest(installed);
  for (const hook of ["preinstall", "install", "postinstall"]) assert.equal(scripts[hook], undefined, hook);
  assert.equal(gypfile, undefined);
  assert.deepEqual(Object.keys(dependencies), [
    "commander",
    "jose",
    "lmdb",
    "lossless-json",
    "pino",
    "prom-client",
    "re2js",
  ]);
});

test("the command line runs by its name", async () => {
  const { stdout } = await npm(["exec", "--offline", "--", "omendb", "--version"], consumer);
  assert.equal(String(stdout), `${readManifest(installed).version}\n`);
});

const [example] = runnableBlocks(readme);
assert.ok(example, "README.md has no runnable program");

test("README.md's program runs as JavaScript", async () => {
  await writeFile(join(consumer, "example.mjs"), example.code);
  await rm(join(consumer, "color-data"), { recursive: true, force: true });
  assert.equal(await runProgram("example.mjs"), example.output);
});

test("README.md's program compiles as strict TypeScript, with every declaration checked, and runs", async () => {
  await writeFile(join(consumer, "example.ts"), example.code);
  await compile(["example.ts"]);
  await rm(join(consumer, "color-data"), { recursive: true, force: true });
  assert.equal(await runProgram("compiled/example.js"), example.output);
});

test("the declarations agree with those of browsers and with the newest of the language", async () => {
  await writeFile(join(consumer, "libraries.ts"), example.code);
  await compile(["libraries.ts"], ["esnext", "dom", "dom.iterable", "webworker.importscripts"]);
});

test("a CommonJS program can require it", async () => {
  const program = 'const { open } = require("omendb");\nopen(":memory:").then((db) => db.close());\n';
  await writeFile(join(consumer, "required.cjs"), program);
  assert.equal(await runProgram("required.cjs"), "");
});

test("the types refuse what the database would refuse", async () => {
  const program = [
    'import { open } from "omendb";',
    'import type { Hit, SearchRequest } from "omendb";',
    'const db = await open(":memory:");',
    "// @ts-expect-error an option that does not exist",
    'await open(":memory:", { linkingThread: 1 });',
    "// @ts-expect-error a metric that does not exist",
    'const colors = await db.createCollection("colors", { dimension: 3, metric: "manhattan" });',
    "// @ts-expect-error the vector is missing",
    "const request: SearchRequest = { limit: 3 };",
    "const hits: Hit[] = await colors.search(request);",
    "const score: number | undefined = hits[0]?.score;",
    "console.log(score);",
  ];
  await writeFile(join(consumer, "refused.ts"), `${program.join("\n")}\n`);
  await compile(["refused.ts"]);
});

test("a bad call says which field, what was received and what is needed", async () => {
  const program = `
    import { OmenError, open } from "omendb";
    const db = await open(":memory:");
    const colors = await db.createCollection("colors", { dimension: 3 });
    try {
      await colors.upsert([{ id: "a", vector: [1, 2, 3] }, { id: "b", vector: [1, 2] }]);
    } catch (error) {
      const { kind, code, field, received, message } = error;
      const isOurs = error instanceof OmenError;
      console.log(JSON.stringify({ isOurs, kind, code, field, received, message, count: await colors.count() }));
    }
    await db.close();
  `;
  await writeFile(join(consumer, "bad-call.mjs"), program);
  // What the program above prints.
  const answer = JSON.parse(await runProgram("bad-call.mjs")) as Record<string, unknown>;
  const { isOurs, kind, code, field, received, message, count } = answer;
  assert.deepEqual({ isOurs, kind, count }, { isOurs: true, kind: "invalid", count: 0 });
  assert.match(String(code), /^[a-z_]+$/);
  assert.match(String(field), /\[1\]\.vector/);
  assert.ok(received !== undefined && received !== "");
  for (const part of [String(field), "2", "3"]) assert.ok(String(message).includes(part), String(message));
});
