// The suite of point stores over the one in memory.

import { MemoryPointStore } from "./memory-point-store.js";
import { suiteDimensions, testPointStore } from "./point-store.suite.js";

testPointStore("memory point store", {
  scriptCount: 100,
  make: async () => ({ store: new MemoryPointStore({ dimensions: suiteDimensions }), reopen: undefined }),
});
