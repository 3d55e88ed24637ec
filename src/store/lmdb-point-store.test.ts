// The suite of point stores over LMDB.

import { join } from "node:path";
import { after } from "node:test";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import { suiteDimensions, testPointStore } from "./point-store.suite.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

testPointStore("LMDB point store", {
  scriptCount: 25,
  make: async () => {
    const folder = join(folders.make(), "store.v1");
    let store = await openLmdbPointStore(folder, { dimensions: suiteDimensions });
    const reopen = async (): Promise<typeof store> => {
      await store.close();
      store = await openLmdbPointStore(folder, { dimensions: suiteDimensions, mode: "open" });
      return store;
    };
    return { store, reopen };
  },
});
