// Folders for tests, removed at their end.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class TestFolders {
  readonly #made: string[] = [];

  /** A fresh empty folder. */
  make(): string {
    const folder = mkdtempSync(join(tmpdir(), "omendb-store-"));
    this.#made.push(folder);
    return folder;
  }

  remove(): void {
    for (const folder of this.#made.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}
