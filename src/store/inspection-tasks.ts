// What a process that reads a store for another one is asked, and what it answers: the one list of tasks that both sides
// share. inspection-program.ts does them, inspection-process.ts asks.

import type { CheckProblem } from "../model/check-problem.js";
import type { PointId } from "../model/point.js";

/** What a table was found to be. */
export interface TableCheck {
  readonly records: number;
  readonly problems: readonly CheckProblem[];
}

/** A store as its own record describes it; zeros and no counts where that is damaged. */
export interface OpenedForInspection {
  readonly tables: readonly string[];
  readonly sequence: number;
  readonly isMetaWhole: boolean;
  readonly rowEnd: number;
  readonly pointCount: number;
}

/** Ways to the record of a row: by a walk along the table, or from its root each time. One may crash where the other does not. */
export type ReadingWay = "walk" | "look-up";

/** What is asked of the rows of a range. */
export interface SalvageRange {
  readonly from: number;
  /** Behind the last row. */
  readonly to: number;
  readonly ways: readonly ReadingWay[];
}

/** What was found of one row of which there is at least one record. */
export type SalvagedRow =
  | {
      readonly kind: "whole";
      readonly row: number;
      /** The record, which who asks decodes once more. */
      readonly point: Uint8Array;
      /** The records, one a field; `undefined` where none was found. */
      readonly vectors: readonly (Uint8Array | undefined)[];
    }
  | {
      readonly kind: "lost";
      readonly row: number;
      readonly id: PointId | undefined;
      /** The table whose record is damaged or gone. */
      readonly place: string;
    };

/** An id as its own record has it. */
export interface SalvagedId {
  readonly id: PointId;
  readonly row: number;
}

/** The tasks, by name: what they are given and what they give. */
export interface InspectionTasks {
  readonly open: {
    readonly given: { readonly folder: string; readonly dimensions: readonly number[] };
    readonly result: OpenedForInspection;
  };
  readonly check: { readonly given: { readonly table: string }; readonly result: TableCheck };
  readonly salvage: { readonly given: SalvageRange; readonly result: readonly SalvagedRow[] };
  /** The greatest row that a walk along any table of rows, or along the ids, finds; -1 if none. */
  readonly greatestRow: { readonly given: { readonly table: string }; readonly result: number };
  readonly ids: {
    readonly given: { readonly after: Uint8Array | undefined };
    readonly result: { readonly ids: readonly SalvagedId[]; readonly last: Uint8Array | undefined };
  };
  /** All records of a catalogue that are whole, and what is wrong with the rest. */
  readonly catalog: {
    readonly given: { readonly folder: string };
    readonly result: {
      readonly records: readonly { readonly key: string; readonly text: string }[];
      readonly problems: readonly CheckProblem[];
    };
  };
}

export type TaskName = keyof InspectionTasks;

/** What is sent to the process. */
export interface InspectionRequest<Name extends TaskName = TaskName> {
  readonly task: Name;
  readonly given: InspectionTasks[Name]["given"];
}

/** What it sends. */
export type InspectionReply =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "done"; readonly result: unknown }
  | {
      readonly kind: "failed";
      /** That of the OmenError, or `undefined` for another error. */
      readonly code: string | undefined;
      readonly message: string;
    };
