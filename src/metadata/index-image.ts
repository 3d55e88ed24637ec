// An index over metadata as a sequence of pieces, and back. Other work goes on between two pieces: each field is as it was in
// one moment, but not all in the same one. Whoever reads the image takes in anew every row that has changed since it was begun.

import type { MetadataPath } from "../model/filter-tree.js";
import {
  type ImageSection,
  jsonSection,
  readJson,
  readRows,
  rowsSection,
  type SectionReading,
} from "./image-section.js";
import type { MetadataFields, WantedFields } from "./metadata-fields.js";
import type { RowSet } from "./row-set.js";
import type { FieldSummary } from "./sleeping-field.js";

/** What an image is made of, and what it is read into. */
export interface ImagedIndex {
  readonly fields: MetadataFields;
  readonly all: RowSet;
  readonly wanted: WantedFields;
}

/** The first piece. */
interface ImageBegin {
  /** Number of the last operation that all of it holds; some later ones may be in parts of it. */
  readonly sequence: number;
  readonly wanted: WantedFields;
}

interface ImageField extends FieldSummary {
  readonly path: MetadataPath;
}

/** The last piece. Fields that came while the others were read are not there: only changed rows have them. */
interface ImageEnd {
  readonly isComplete: boolean;
}

/** All pieces. */
export function* imageSections(
  { fields, all, wanted }: ImagedIndex,
  sequence: number,
): Generator<ImageSection, void> {
  yield jsonSection("begin", { sequence, wanted } satisfies ImageBegin);
  const count = fields.all.length;
  yield jsonSection("field", count);
  for (let i = 0; i < count; i++) {
    const { path, index } = fields.all[i]!;
    index.wake();
    yield jsonSection("field", { path, ...index.summary } satisfies ImageField);
    yield* index.image();
    yield { kind: "fieldEnd", bytes: new Uint8Array(0) };
  }
  yield rowsSection(all);
  yield jsonSection("end", { isComplete: fields.isComplete } satisfies ImageEnd);
}

/** Reads all pieces into an index without rows, whose fields are left asleep; the sequence, or undefined if it is an image of other settings. */
export function* restoreImage({ fields, all, wanted }: ImagedIndex): SectionReading<number | undefined> {
  const begin = yield* readJson<ImageBegin>("begin");
  if (JSON.stringify(begin.wanted) !== JSON.stringify(wanted)) return undefined;
  const count = yield* readJson<number>("field");
  for (let i = 0; i < count; i++) {
    const { path, ...summary } = yield* readJson<ImageField>("field");
    const sections: ImageSection[] = [];
    for (let section = yield; section.kind !== "fieldEnd"; section = yield) sections.push(section);
    fields.restored(path).sleep(summary, sections);
  }
  all.adopt(yield* readRows());
  const { isComplete } = yield* readJson<ImageEnd>("end");
  if (!isComplete) fields.setIncomplete();
  return begin.sequence;
}
