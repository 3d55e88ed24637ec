// The distinct values of one field in their order, for ranges. Sorted when first asked for; what comes later is looked at
// one by one until there is enough of it to sort again. Values that are gone stay until then: their users skip them.

const freshMax = 1000;

/** Sorts in place by the order that `compare` says. */
type Sort<Value> = (values: Value[]) => void;

export class SortedValues<Value> {
  readonly #all: () => Iterable<Value>;
  readonly #sort: Sort<Value>;
  #sorted: Value[] | undefined;
  #fresh: Value[] = [];

  /** `all` gives every value there is. */
  constructor(all: () => Iterable<Value>, sort: Sort<Value>) {
    this.#all = all;
    this.#sort = sort;
  }

  /** Notes a value that is new. */
  add(value: Value): void {
    if (this.#sorted === undefined) return;
    this.#fresh.push(value);
    // Values that come and go must not pile up while nobody asks.
    if (this.#fresh.length > this.#sorted.length + freshMax) this.reset();
  }

  /** Forgets the order, because it is another one from now on or too much has come. */
  reset(): void {
    this.#sorted = undefined;
    this.#fresh = [];
  }

  /** Values that are not before the range and not behind it; some may be gone. */
  range(isBefore: (value: Value) => boolean, isBehind: (value: Value) => boolean): Value[] {
    if (this.#fresh.length > freshMax) this.reset();
    const sorted = (this.#sorted ??= this.#sortAll());
    const end = partitionPoint(sorted, (value) => !isBehind(value));
    const found = sorted.slice(partitionPoint(sorted, isBefore), end);
    for (const value of this.#fresh) if (!isBefore(value) && !isBehind(value)) found.push(value);
    return found;
  }

  #sortAll(): Value[] {
    const values = [...this.#all()];
    this.#sort(values);
    return values;
  }
}

/** The place of the first value for which `isBefore`, true and then false, is false. */
function partitionPoint<Value>(values: readonly Value[], isBefore: (value: Value) => boolean): number {
  let start = 0;
  let end = values.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (isBefore(values[middle]!)) start = middle + 1;
    else end = middle;
  }
  return start;
}
