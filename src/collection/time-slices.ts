// Long work without blocking the event loop: a generator pauses often, and its driver lets the loop turn when a
// slice of time is used up. Short work runs to its end at once, without a promise.

/** Time that one piece of work may take before the event loop turns. */
export const sliceMs = 10;

/** Resolves in the next turn of the event loop, behind the I/O that waits. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs a generator to its end, letting the event loop turn after every 10 ms. The result comes at once if the first
 * slice was enough. `afterTurn` runs after each turn, and ends the work by throwing.
 */
export function runInSlices<Result>(
  work: Generator<void, Result>,
  afterTurn?: () => void,
): Result | Promise<Result> {
  const first = runSlice(work);
  return first.done === true ? first.value : runRest(work, afterTurn);
}

async function runRest<Result>(work: Generator<void, Result>, afterTurn?: () => void): Promise<Result> {
  for (;;) {
    await nextTurn();
    try {
      afterTurn?.();
    } catch (error) {
      endEarly(work);
      throw error;
    }
    const step = runSlice(work);
    if (step.done === true) return step.value;
  }
}

/** Lets the work let go of what it holds, such as an iterator of the store. */
function endEarly(work: Generator<void, unknown>): void {
  for (let step = work.return(undefined); step.done !== true; step = work.next());
}

function runSlice<Result>(work: Generator<void, Result>): IteratorResult<void, Result> {
  const end = performance.now() + sliceMs;
  for (;;) {
    const step = work.next();
    if (step.done === true || performance.now() >= end) return step;
  }
}
