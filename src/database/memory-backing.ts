// A database that lives as long as the process: nothing is written anywhere.

import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import { MemoryPointStore } from "../store/memory-point-store.js";
import type { Backing, OpenedStore } from "./backing.js";
import { assert } from "../base/assert.js";

/** The path that stands for a database in memory. */
export const memoryPath = ":memory:";

/** Keeps collections in memory. A collection is opened once, when it is created. */
export class MemoryBacking implements Backing {
  readonly path = memoryPath;
  readonly durability = "none";
  readonly #configs = new Map<string, ResolvedCollectionConfig>();

  names(): string[] {
    return [...this.#configs.keys()].sort();
  }

  configOf(name: string): ResolvedCollectionConfig | undefined {
    return this.#configs.get(name);
  }

  async create(name: string, config: ResolvedCollectionConfig): Promise<OpenedStore> {
    this.#configs.set(name, config);
    const store = new MemoryPointStore({ dimensions: config.fields.map((field) => field.dimension) });
    return { store, folder: undefined };
  }

  async setConfig(name: string, config: ResolvedCollectionConfig): Promise<void> {
    this.#configs.set(name, config);
  }

  async openStore(name: string): Promise<OpenedStore> {
    assert(false, `the collection ${name} in memory is open from its creation on`);
  }

  async remove(name: string): Promise<() => Promise<void>> {
    this.#configs.delete(name);
    return async () => undefined;
  }

  async close(): Promise<void> {
    this.#configs.clear();
  }
}
