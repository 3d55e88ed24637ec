// Runs the architecture rules on this repository, checks the public names of the package, and shows with a planted
// violation for each rule that it can fail.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readRepository } from "./architecture-files.js";
import {
  checkAmbient,
  checkDependencies,
  checkImports,
  checkLengths,
  checkLinks,
  checkNames,
  checkOpenings,
  checkOutsiders,
  checkText,
  checkTypes,
  exportedTypes,
  type SourceFile,
  type Violation,
} from "./architecture-rules.js";

const repository = readRepository();

/** Names that each entry point gives at run time; a change here is a change of the public interface. */
const publicNames: Readonly<Record<string, readonly string[]>> = {
  ".": ["OmenError", "open", "repair", "restore", "verifyFolder"],
  "./client": ["OmenError", "connect"],
  "./server": ["fetchHandler", "serve"],
};

/** Types that the main entry point gives. */
const publicTypes: readonly string[] = [
  "BackupOptions",
  "BackupProgress",
  "BackupResult",
  "BackupVerification",
  "CheckProblem",
  "CheckProblemKind",
  "CheckProgress",
  "CheckedId",
  "CheckpointCheck",
  "CheckpointEvent",
  "CheckpointMetrics",
  "Collection",
  "CollectionCheck",
  "CollectionConfig",
  "CollectionFilesCheck",
  "CollectionInBackup",
  "CollectionInfo",
  "CollectionMetrics",
  "CollectionRepair",
  "CollectionStats",
  "ColumnsInput",
  "CompactionMetrics",
  "ConditionalUpsertResult",
  "ConsolidationMetrics",
  "CountRequest",
  "Database",
  "DatabaseCheck",
  "DatabaseEventName",
  "DatabaseEvents",
  "DatabaseListener",
  "DatabaseMetrics",
  "DatabaseStats",
  "DurabilityMode",
  "ErrorEvent",
  "ErrorSource",
  "ExplainedSearch",
  "ExplainedSearchRequest",
  "Facet",
  "FacetsRequest",
  "FacetsResult",
  "FieldFilter",
  "FieldIndexStats",
  "FieldOperators",
  "Filter",
  "FilterBound",
  "FilterDate",
  "FilterExplanation",
  "FilterScalar",
  "FilterValue",
  "FlushMetrics",
  "FolderCheck",
  "GeoBox",
  "GeoPoint",
  "GeoPolygon",
  "GeoRadius",
  "GetOptions",
  "GroupBy",
  "GroupedSearchRequest",
  "Hit",
  "IdOperators",
  "Include",
  "IndexConfig",
  "IndexMemoryBytes",
  "IndexedFields",
  "IndexedMetadata",
  "JoinedFilter",
  "JsonObject",
  "JsonValue",
  "LatencyHistogram",
  "LinkingMetrics",
  "ListCursor",
  "ListRequest",
  "ListResult",
  "LostPoint",
  "Metadata",
  "MetadataChange",
  "MetadataCheck",
  "MetadataConfig",
  "MetadataIndexStats",
  "MetadataKind",
  "MetadataMerge",
  "MetadataProblem",
  "MetadataSelector",
  "Metric",
  "OmenErrorDetails",
  "OmenErrorKind",
  "OpenOptions",
  "OrderBy",
  "OrderedListRequest",
  "OrderedListResult",
  "Originals",
  "Point",
  "PointId",
  "PointInput",
  "PointSelector",
  "Quantization",
  "RebuildEvent",
  "RecallSample",
  "RejectionKind",
  "RepairOptions",
  "RepairReport",
  "ResolvedCollectionConfig",
  "ResolvedVectorField",
  "RestoreOptions",
  "RestoreProgress",
  "RestoreResult",
  "SearchExplanation",
  "SearchGroup",
  "SearchMetrics",
  "SearchRequest",
  "SearchWay",
  "SlowQueryEvent",
  "StoreCheck",
  "ThreadWorkMetrics",
  "UpsertOptions",
  "UpsertResult",
  "VectorFieldConfig",
  "VectorFieldMetrics",
  "VectorIndexCheck",
  "VectorIndexStats",
  "VectorInput",
  "VectorUpdate",
  "VerifyOptions",
  "WorkMetrics",
  "WriteMetrics",
];

interface Rule {
  readonly name: string;
  readonly check: (sources: readonly SourceFile[]) => Violation[];
  /** Each alone breaks the rule. */
  readonly planted: readonly SourceFile[];
  /** Together they keep it. */
  readonly sound: readonly SourceFile[];
}

const opening = "// A file of a test, which says in its opening what it is.\n";
const file = (path: string, text: string): SourceFile => ({ path, text });
/** A file whose text breaks a rule that reads this file too: a bar stands where the text is cut. */
const hiddenFile = (path: string, text: string): SourceFile => file(path, text.replaceAll("|", ""));

const rules: readonly Rule[] = [
  {
    name: "imports go one way through the layers",
    check: checkImports,
    planted: [
      file("src/base/a.ts", 'import { x } from "../model/point.js";'),
      file("src/model/a.ts", 'import type {\n  X,\n} from "../store/point-store.js";'),
      file("src/vector/a.ts", 'import type { X } from "../store/point-store.js";'),
      file("src/store/a.ts", 'export { x } from "../collection/b.js";'),
      file("src/store/a.test.ts", 'import { x } from "../collection/b.js";'),
      file("src/collection/a.ts", 'const m = await import("../database/b.js");'),
      file("src/collection/a.ts", 'import { open } from "lmdb";'),
      file("src/database/a.ts", 'import { open } from "../index.js";'),
      file("src/database/a.ts", 'import "../kernel/b.js";'),
      file("src/cli/a.ts", 'import { open } from "../database/open.js";'),
      file("src/cli/a.ts", 'import "../cli.js";'),
      file("src/cli.ts", 'import { open } from "./index.js";'),
      file("src/store/a.ts", 'import { Command } from "commander";'),
      file("src/store/a.ts", 'import { Worker } from "node:worker_threads";'),
      file("src/kernel/a.ts", 'import fs from "node:fs";'),
      file("src/vector/a.ts", 'const url = new URL("../store/worker.js", import.meta.url);'),
      file("src/vector/a.ts", 'import fs from "fs";'),
      file("src/base/a.ts", 'import { x } from "../../test/b.js";'),
      file("src/index.ts", 'export { x } from "./store/b.js";'),
      file("src/extra/a.ts", ""),
      file("src/extra.ts", ""),
    ],
    sound: [
      file("src/base/a.ts", 'import { AssertionError } from "node:assert";\nimport { b } from "./b.js";'),
      file("src/store/a.ts", 'import { open } from "lmdb";\nimport { readFileSync } from "node:fs";'),
      file("src/store/a.test.ts", 'import fc from "fast-check";\nimport { test } from "node:test";'),
      file(
        "src/vector/a.ts",
        'import { Worker } from "node:worker_threads";\nimport { k } from "../kernel/k.js";',
      ),
      file(
        "src/collection/a.ts",
        '// import { x } from "../database/b.js";\nconst text = `from "../database/b.js"`;',
      ),
      file("src/index.ts", 'export { openDatabase as open } from "./database/open-database.js";'),
      file("src/cli/a.ts", 'import { Command } from "commander";\nimport { open } from "../index.js";'),
      file("src/cli.ts", 'import { run } from "./cli/b.js";'),
    ],
  },
  {
    name: "tests, benchmarks and examples import the package by its name",
    check: checkOutsiders,
    planted: [
      file("test/a.test.ts", 'import { x } from "../src/base/b.js";'),
      file("bench/src/a.ts", 'import { x } from "../../src/index.js";'),
      file("examples/dictionary/src/a.ts", 'await import("../../../src/index.js");'),
    ],
    sound: [file("test/a.test.ts", 'import { open } from "omendb";\nimport { b } from "./b.js";')],
  },
  {
    name: "the lowest layers have no clock, chance or process",
    check: checkAmbient,
    planted: [
      file("src/base/a.ts", "export const now = () => Date.now();"),
      file("src/kernel/a.ts", "const x = Math.random();"),
      file("src/model/a.ts", 'process.emitWarning("x");'),
      file("src/database/a.ts", "const path = process.env.HOME;"),
    ],
    sound: [
      file("src/base/a.ts", 'const text = "Date.now"; // Math.random'),
      file("src/database/a.ts", "Date.now()"),
    ],
  },
  {
    name: "files are named after what they hold",
    check: checkNames,
    planted: [
      file("src/store/index.ts", ""),
      file("src/base/utils.ts", ""),
      file("src/model/types.ts", ""),
      file("src/vector/helpers.test.ts", ""),
      file("test/common.ts", ""),
    ],
    sound: [file("src/index.ts", ""), file("src/vector/vector-index.ts", "")],
  },
  {
    name: "each file opens with a comment of its own",
    check: checkOpenings,
    planted: [file("src/base/a.ts", 'import { x } from "./x.js";\n'), file("src/base/a.ts", "// Short.\n")],
    sound: [
      file("src/base/a.ts", opening),
      file("src/base/b.ts", `#!/usr/bin/env node\n// Another.${opening}`),
    ],
  },
  {
    name: "no file is over 500 lines",
    check: checkLengths,
    planted: [file("src/base/a.ts", "x;\n".repeat(501))],
    sound: [file("src/base/a.ts", "x;\n".repeat(500))],
  },
  {
    name: "no any, no enum, no switched-off compiler",
    check: checkTypes,
    planted: [
      file("src/base/a.ts", "let x: any = 1;"),
      file("src/base/a.ts", "const x = y as any;"),
      file("test/a.ts", "const x: Map<string, any> = y;"),
      file("src/base/a.ts", "export const enum A { b }"),
      hiddenFile("src/base/a.ts", "// @ts-|ignore\nlet x;"),
    ],
    sound: [
      file(
        "src/base/a.ts",
        '// any enum A { b }\nconst any = "as any"; const b = /: any/; f(any, x ? any : 1);',
      ),
    ],
  },
  {
    name: "no machine, no registry, nothing unfinished in any file",
    check: checkText,
    planted: [
      hiddenFile("docs/a.md", "Look into /ho|me/someone for it."),
      hiddenFile(".ci/run", "cd /wo|rk/somewhere"),
      hiddenFile("package-lock.json", '"resolved": "ht|tps://example.org/a.tgz"'),
      hiddenFile(".npmrc", "regis|try=something"),
      hiddenFile("src/a.ts", "// TO|DO: later"),
    ],
    sound: [
      file("docs/a.md", "See `./home/a` and https://example.org/home/page, or https://github.com/a/b."),
    ],
  },
  {
    name: "links between documents lead somewhere",
    check: checkLinks,
    planted: [file("docs/a.md", "See [b](b.md).")],
    sound: [
      file(
        "docs/a.md",
        "See [b](b.md#part), [this](../README.md), [all](../docs/), [that](https://example.org/c.md).",
      ),
      file("docs/b.md", "```js\nx[0](y)\n```\n"),
      file("README.md", ""),
    ],
  },
  {
    name: "every dependency has a decision",
    check: checkDependencies,
    planted: [file("package.json", '{ "dependencies": { "left-pad": "1.0.0" } }')],
    sound: [
      file("package.json", '{ "devDependencies": { "left-pad": "1.0.0" } }'),
      file("docs/decisions/left-pad.md", "# `left-pad`"),
    ],
  },
];

for (const rule of rules) {
  test(rule.name, () => {
    assert.deepEqual(rule.check(repository), []);
  });

  test(`the rule can fail: ${rule.name}`, () => {
    for (const planted of rule.planted) {
      assert.equal(rule.check([planted]).length > 0, true, `not found in ${planted.path}: ${planted.text}`);
    }
    assert.deepEqual(rule.check(rule.sound), []);
  });
}

test("two files that open alike are found", () => {
  assert.equal(checkOpenings([file("src/base/a.ts", opening), file("src/base/b.ts", opening)]).length, 1);
});

test("each entry point of the package exports its public names", async () => {
  const manifest = repository.find(({ path }) => path === "package.json");
  assert.ok(manifest);
  // Our own manifest; npm has checked its shape.
  const { exports } = JSON.parse(manifest.text) as { exports: Record<string, unknown> };
  const doors = Object.keys(exports).filter((door) => door !== "./package.json");
  assert.deepEqual(doors.toSorted(), Object.keys(publicNames).toSorted());
  for (const door of doors) {
    const names: object = (await import(`omendb${door.slice(1)}`)) as object;
    assert.deepEqual(Object.keys(names).toSorted(), publicNames[door]);
  }
});

test("the main entry point exports its public types", () => {
  const door = repository.find(({ path }) => path === "src/index.ts");
  assert.ok(door, "src/index.ts is missing");
  assert.deepEqual(exportedTypes(door.text), publicTypes);
  assert.deepEqual(
    exportedTypes('export type { A, B as C } from "./a.js"; export { d, type E } from "./e.js";'),
    ["A", "C", "E"],
  );
});
