// Batches of rows as Arrow tables, columns given whole, so that LanceDB need not infer a schema or copy vectors value by
// value.

import type { RowBatch } from "../insert-batches.js";

/** What of apache-arrow is used. */
export interface Arrow {
  readonly Schema: new (fields: object[]) => ArrowSchema;
  readonly Field: new (name: string, type: object, isNullable: boolean) => object;
  readonly FixedSizeList: new (length: number, field: object) => object;
  readonly Struct: new (fields: object[]) => object;
  readonly Float32: new () => object;
  readonly Int32: new () => object;
  readonly Utf8: new () => object;
  readonly RecordBatch: new (schema: ArrowSchema, columns: object) => object;
  readonly Table: new (batch: object) => object;
  makeData(options: object): object;
  vectorFromArray(values: unknown[], type: object): { readonly data: readonly object[] };
}

interface ArrowSchema {
  readonly fields: object[];
}

/** Makes tables of one schema: id, vector, title, year, group. */
export class ArrowRows {
  readonly schema: ArrowSchema;
  readonly #arrow: Arrow;
  readonly #vectorType: object;

  constructor(arrow: Arrow, dimension: number) {
    const { Field, FixedSizeList, Float32, Int32, Schema, Utf8 } = arrow;
    this.#arrow = arrow;
    this.#vectorType = new FixedSizeList(dimension, new Field("item", new Float32(), true));
    this.schema = new Schema([
      new Field("id", new Utf8(), false),
      new Field("vector", this.#vectorType, false),
      new Field("title", new Utf8(), false),
      new Field("year", new Int32(), false),
      new Field("group", new Int32(), false),
    ]);
  }

  /** The table of a batch; its vectors are not copied. */
  tableOf({ ids, vectors, metadata }: RowBatch): object {
    const { Float32, Int32, RecordBatch, Struct, Table, Utf8, makeData, vectorFromArray } = this.#arrow;
    const values = { type: new Float32(), length: vectors.length, nullCount: 0, data: vectors };
    const texts = (all: string[]): object => vectorFromArray(all, new Utf8()).data[0]!;
    const integers = (all: number[]): object => vectorFromArray(all, new Int32()).data[0]!;
    const children = [
      texts(ids),
      makeData({ type: this.#vectorType, length: ids.length, nullCount: 0, child: makeData(values) }),
      texts(metadata.map(({ title }) => title)),
      integers(metadata.map(({ year }) => year)),
      integers(metadata.map(({ group }) => group)),
    ];
    const type = new Struct(this.schema.fields);
    const columns = makeData({ type, length: ids.length, nullCount: 0, children });
    return new Table(new RecordBatch(this.schema, columns));
  }
}
