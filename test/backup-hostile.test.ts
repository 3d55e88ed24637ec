// Backups that somebody has tampered with: each is refused with a code before anything of the target is touched, and
// none is followed anywhere. A forged manifest has the right sum, because whoever changes it can compute that too.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFile,
  copyFile,
  cp,
  link,
  mkdir,
  open as openFile,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { restore } from "omendb";
import { History, historyConfig } from "./backup-history.js";
import { expectError, seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";

/** What a manifest says, as far as it is forged here. */
interface Body {
  version: number;
  pieceBytes: unknown;
  packBytes: unknown;
  base: unknown;
  index: { bytes: unknown };
  collections: { name: unknown; config: Record<string, unknown>; sequence: unknown; files: FileBody[] }[];
}

interface FileBody {
  name: unknown;
  bytes: unknown;
  sha256: unknown;
}

let folder = "";
let removeFolder: () => Promise<void>;
const at = (name: string): string => join(folder, name);

before(async () => {
  const made = await makeFolder();
  folder = made.folder;
  removeFolder = made.remove;
  await mkdir(folder, { recursive: true });
  await withDatabase(at("source"), async (db) => {
    const random = seededRandom(6);
    for (const name of ["first", "second"]) {
      const history = new History(name, await db.createCollection(name, historyConfig));
      for (let i = 0; i < 30; i++) await history.write(random);
    }
    await db.backup(at("base"));
    await new History("third", await db.createCollection("third", historyConfig)).write(random);
    await db.backup(at("sound"), { base: at("base") });
  });
  await mkdir(at("outside"));
  await writeFile(at("outside/secret"), "nobody's business");
});

after(() => removeFolder());

async function edit(backup: string, change: (text: string) => string): Promise<void> {
  const path = join(backup, "manifest.json");
  await writeFile(path, change(await readFile(path, "utf8")));
}

/** Changes the manifest and gives it the sum of what it says then. */
function forge(change: (body: Body) => void): (backup: string) => Promise<void> {
  return (backup) =>
    edit(backup, (text) => {
      // What our own backup has just written.
      const { manifest } = JSON.parse(text) as { manifest: Body };
      change(manifest);
      const sha256 = createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
      return JSON.stringify({ manifest, sha256 });
    });
}

/** Changes a byte of a file, from the front or, if `at` is negative, from the end. */
async function flip(path: string, place: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[place < 0 ? bytes.length + place : place]! ^= 0x10;
  await writeFile(path, bytes);
}

const first = (body: Body): FileBody => body.collections[0]!.files[0]!;
const names = ["manifest.json", "pieces.index", "pieces.pack"];

/** A link in the place of a file, which leads to the same bytes elsewhere. */
function replaced(name: string, make: (target: string, path: string) => Promise<void>) {
  return async (backup: string): Promise<void> => {
    await rename(join(backup, name), at(`outside/${name}`));
    await make(at(`outside/${name}`), join(backup, name));
  };
}

const damaged = "corrupt backup_damaged";
const cases: readonly [string, string, (backup: string) => Promise<unknown>][] = [
  ...names.flatMap((name): [string, string, (backup: string) => Promise<void>][] => [
    [`${name} is a symbolic link`, damaged, replaced(name, symlink)],
    [`${name} has a second name`, damaged, replaced(name, link)],
    [
      `${name} is a folder`,
      damaged,
      async (backup) => {
        await rm(join(backup, name));
        await mkdir(join(backup, name));
      },
    ],
    [
      `${name} is cut short`,
      damaged,
      async (backup) => truncate(join(backup, name), (await readFile(join(backup, name))).length - 2),
    ],
    [`${name} is empty`, damaged, (backup) => truncate(join(backup, name), 0)],
    [`${name} is longer`, damaged, (backup) => appendFile(join(backup, name), "}")],
    [`a byte in ${name} is another`, damaged, (backup) => flip(join(backup, name), -20)],
  ]),
  [
    "a pipe",
    damaged,
    async (backup) => {
      await rm(join(backup, "pieces.pack"));
      execFileSync("mkfifo", [join(backup, "pieces.pack")]);
    },
  ],
  ["no pack", damaged, (backup) => rm(join(backup, "pieces.pack"))],
  ["no manifest", "corrupt backup_unfinished", (backup) => rm(join(backup, "manifest.json"))],
  ["an unknown file", damaged, (backup) => writeFile(join(backup, "extra"), "")],
  ["a hidden file", damaged, (backup) => writeFile(join(backup, ".extra"), "")],
  ["an unknown folder", damaged, (backup) => mkdir(join(backup, "files"))],
  [
    "a sum that is not of the manifest",
    damaged,
    (backup) => edit(backup, (text) => text.replace("first", "fIrst")),
  ],
  ["a huge manifest", damaged, (backup) => truncate(join(backup, "manifest.json"), 2 ** 33)],
  ["JSON of another shape", damaged, (backup) => edit(backup, () => "[]")],
  ["a newer version", "unsupported backup_version", forge((body) => (body.version = 2))],
  ["no version", "unsupported backup_version", forge((body) => (body.version = undefined as never))],
  ["a path upwards", damaged, forge((body) => (first(body).name = "../../outside/secret"))],
  ["an absolute path", damaged, forge((body) => (first(body).name = at("outside/secret")))],
  ["a path of Windows", damaged, forge((body) => (first(body).name = "..\\data.mdb"))],
  ["a name with a zero", damaged, forge((body) => (first(body).name = "data.mdb\0"))],
  ["a lock file", damaged, forge((body) => (first(body).name = "lock.mdb"))],
  ["no store", damaged, forge((body) => (body.collections[0]!.files = []))],
  ["a file twice", damaged, forge((body) => body.collections[0]!.files.push(first(body)))],
  ["a collection twice", damaged, forge((body) => (body.collections[1]!.name = "first"))],
  ["a name that no collection has", damaged, forge((body) => (body.collections[0]!.name = ""))],
  ["a number as name", damaged, forge((body) => (body.collections[0]!.name = 1))],
  ["a huge size", damaged, forge((body) => (first(body).bytes = 2 ** 52))],
  ["a size that is not whole", damaged, forge((body) => (first(body).bytes = 16384.5))],
  ["a negative size", damaged, forge((body) => (first(body).bytes = -16384))],
  ["a size of zero", damaged, forge((body) => (first(body).bytes = 0))],
  ["a smaller size", damaged, forge((body) => (first(body).bytes = Number(first(body).bytes) - 1))],
  ["a huge index", damaged, forge((body) => (body.index.bytes = 44 * 2 ** 40))],
  ["a huge pack", damaged, forge((body) => (body.packBytes = 2 ** 50))],
  ["pieces of another size", damaged, forge((body) => (body.pieceBytes = 1))],
  ["another sum of a file", damaged, forge((body) => (first(body).sha256 = "0".repeat(64)))],
  ["a sum in capitals", damaged, forge((body) => (first(body).sha256 = "A".repeat(64)))],
  ["another sequence", damaged, forge((body) => (body.collections[0]!.sequence = 5))],
  ["an unknown field", damaged, forge((body) => ((body as unknown as { extra: 1 }).extra = 1))],
  ["a configuration that is none", damaged, forge((body) => (body.collections[0]!.config["fields"] = []))],
  [
    "a folder in the configuration",
    damaged,
    forge((body) => (body.collections[0]!.config["folder"] = "../x")),
  ],
  ["a base by path", damaged, forge((body) => (body.base = at("base")))],
  ["no base", damaged, forge((body) => (body.base = null))],
  [
    "another base",
    "not_found backup_base_missing",
    forge((body) => (body.base = { id: "0".repeat(32), sha256: "0".repeat(64) })),
  ],
];

for (const [name, expected, tamper] of cases) {
  test(`refused before anything is touched: ${name}`, async () => {
    const isPipe = name === "a pipe";
    if (isPipe && process.platform === "win32") return;
    const backup = at("tampered");
    await cp(at("sound"), backup, { recursive: true });
    try {
      await tamper(backup);
      const [kind, code] = expected.split(" ");
      await expectError(restore(backup, at("target")), kind as "corrupt", code!);
      assert.ok(!(await readdir(folder)).includes("target") || name === "another sequence");
      assert.equal(await readFile(at("outside/secret"), "utf8"), "nobody's business");
    } finally {
      for (const left of [backup, at("target"), ...names.map((file) => at(`outside/${file}`))])
        await rm(left, { recursive: true, force: true });
    }
  });
}

test("the backup that was tampered with is sound", async () => {
  await cp(at("sound"), at("tampered"), { recursive: true });
  await forge(() => undefined)(at("tampered"));
  await restore(at("tampered"), at("target"));
});

test("damage in the base is found, in any byte of what is used", async () => {
  const pack = join(at("base"), "pieces.pack");
  await copyFile(pack, at("pack"));
  const { length } = await readFile(pack);
  const random = seededRandom(7);
  for (let i = 0; i < 20; i++) {
    await flip(pack, Math.floor(random() * length));
    await expectError(restore(at("sound"), at("other")), "corrupt", "backup_damaged");
    await copyFile(at("pack"), pack);
  }
  const file = await openFile(pack, "r+");
  await file.truncate(length - 16384);
  await file.close();
  await expectError(restore(at("sound"), at("other")), "corrupt", "backup_damaged");
  assert.ok(!(await readdir(folder)).includes("other"));
});
