// Runs the conformance suite over every implementation of Database, and over one that is reopened again and again.

import { conformanceSuite } from "./conformance-suite.js";
import { behindServer, inFolder, inMemory, inReopenedFolder } from "./conformance-place.js";

conformanceSuite("a database in memory", inMemory);
conformanceSuite("a database in a folder", inFolder);
conformanceSuite("a database that is reopened", inReopenedFolder);
conformanceSuite("a database behind a server", behindServer);
