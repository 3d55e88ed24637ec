// Small file systems for tests, mounted in a folder: they can really be filled. Only as root on Linux.

import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Kinds of file systems. */
export type DiskKind = "tmpfs" | "ext4";

/** Why none can be mounted here; `undefined` if they can. */
export function diskUnavailable(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "mounting needs root on Linux";
  try {
    using disk = new SmallDisk("ext4", 2 ** 24);
    void disk;
    return undefined;
  } catch (error) {
    return `no file system can be mounted: ${String(error)}`;
  }
}

export class SmallDisk implements Disposable {
  /** The folder in which it is mounted. */
  readonly folder: string;
  readonly #parent: string;
  readonly #ballast: string;

  constructor(kind: DiskKind, bytes: number) {
    this.#parent = mkdtempSync(join(tmpdir(), "omendb-disk-"));
    this.folder = join(this.#parent, "mounted");
    this.#ballast = join(this.folder, ".ballast");
    mkdirSync(this.folder);
    try {
      if (kind === "tmpfs") run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", this.folder]);
      else this.#mountImage(bytes);
    } catch (error) {
      rmSync(this.#parent, { recursive: true, force: true });
      throw error;
    }
  }

  #mountImage(bytes: number): void {
    const image = join(this.#parent, "image");
    writeFileSync(image, "");
    truncateSync(image, bytes);
    run("mkfs.ext4", ["-q", "-m", "0", image]);
    run("mount", ["-o", "loop", image, this.folder]);
  }

  /** Takes every byte that is free. */
  fill(): void {
    const file = openSync(this.#ballast, "a");
    const bytes = Buffer.alloc(2 ** 20, 0x5a);
    try {
      for (let size = bytes.length; size >= 1;) {
        try {
          if (writeSync(file, bytes, 0, size) < size) size >>= 1;
        } catch {
          size >>= 1;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  /** Lets the kernel find the file system broken, so that it is read-only from then on. */
  breakDown(): void {
    run("mount", ["-o", "remount,abort", this.folder]);
  }

  [Symbol.dispose](): void {
    run("umount", [this.folder]);
    rmSync(this.#parent, { recursive: true, force: true });
  }
}

function run(command: string, given: readonly string[]): void {
  execFileSync(command, given, { stdio: "pipe" });
}
