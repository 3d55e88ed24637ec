// Compiles the kernels twice, baseline and relaxed SIMD, and writes each as a TypeScript module that holds the
// binary in base64: the library then reads no file to find its kernels, which also holds after bundling.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const sources = new URL("assembly/", import.meta.url);
const target = new URL("../src/kernel/", import.meta.url);

const common = [
  "assembly/index.ts",
  "-O3",
  "--converge",
  "--runtime",
  "stub",
  "--noAssert",
  "--importMemory",
  "--sharedMemory",
];
const limits = [
  "--initialMemory",
  "1",
  "--maximumMemory",
  "65536",
  "--enable",
  "simd",
  "--enable",
  "threads",
];
const builds = { baseline: [], relaxed: ["--enable", "relaxed-simd"] };

const hash = createHash("sha256");
for (const name of readdirSync(sources).sort())
  hash.update(name).update(readFileSync(new URL(name, sources)));
hash.update(readFileSync(new URL(import.meta.url))).update(asc.version ?? "");
const digest = hash.digest("hex");

for (const [name, flags] of Object.entries(builds)) {
  const file = new URL(`wasm-${name}.generated.ts`, target);
  if (existsSync(file) && readFileSync(file, "utf8").includes(digest)) continue;
  const outputs = new Map();
  const { error, stderr } = await asc.main([...common, ...limits, ...flags, "--outFile", "module.wasm"], {
    baseDir: import.meta.dirname ?? new URL(".", import.meta.url).pathname,
    writeFile: (path, contents) => outputs.set(path, contents),
  });
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
  const binary = Buffer.from(outputs.get("module.wasm"));
  mkdirSync(target, { recursive: true });
  writeFileSync(
    file,
    `// The ${name} build of the kernels, compiled from kernels/assembly by kernels/build.mjs. Not edited by hand.\n` +
      `// Sources: ${digest}\n\n/** The WebAssembly binary, in base64. */\nexport const ${name}Wasm = "${binary.toString("base64")}";\n`,
  );
  console.log(`kernels: ${name} ${binary.length} bytes`);
}
