// Compares the checkpoint files of a collection with its configuration and its store.

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Findings } from "../model/check-problem.js";
import type { CheckpointCheck } from "../model/collection-check.js";
import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import { checkCheckpoint } from "../vector/checkpoint-check.js";
import { checkpointPath } from "./open-indexes.js";

/** What is checked. */
export interface CheckpointPlace {
  readonly folder: string;
  readonly config: ResolvedCollectionConfig;
  /** The number of the last operation in the store, asked for after a file was read; `undefined` where that is not known. */
  readonly sequence: () => number | undefined;
}

/** Checks the file of each field; what is wrong goes to `findings`. */
export async function checkCheckpoints(
  { folder, config, sequence }: CheckpointPlace,
  findings: Findings,
): Promise<CheckpointCheck[]> {
  const checks: CheckpointCheck[] = [];
  const { quantization, maxDegree, efConstruction } = config;
  for (const [number, { name, dimension, metric }] of config.fields.entries()) {
    const path = checkpointPath(folder, number);
    const file = basename(path);
    const fullPrecision = quantization === "none";
    const found = await checkCheckpoint(path, {
      dimension,
      metric,
      fullPrecision,
      maxDegree,
      efConstruction,
    });
    if (found.state === "none") {
      checks.push({ file, field: name, state: "none", bytes: 0, sequence: null });
    } else if (found.state === "damaged") {
      findings.add({ kind: "checkpoint_damaged", remedy: "derived", place: file, detail: found.detail });
      checks.push({ file, field: name, state: "damaged", bytes: found.bytes, sequence: null });
    } else {
      const state =
        found.state === "whole" && found.sequence > (sequence() ?? Infinity) ? "ahead" : found.state;
      if (state === "ahead") tellAhead(file, findings);
      checks.push({ file, field: name, state, bytes: found.bytes, sequence: found.sequence });
    }
  }
  return checks;
}

function tellAhead(place: string, findings: Findings): void {
  const detail =
    "It stands for an operation that the store has not seen, as after the restoration of an older store.";
  findings.add({ kind: "checkpoint_ahead", remedy: "derived", place, detail });
}

/** The checkpoint files that are there. */
export async function checkpointFiles(folder: string, config: ResolvedCollectionConfig): Promise<string[]> {
  const paths = config.fields.map((_, field) => checkpointPath(folder, field));
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}
