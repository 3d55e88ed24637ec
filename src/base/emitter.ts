// Listeners by the name of an event, typed. Unlike EventEmitter of Node it never calls a listener in the middle of what the
// emitter does, has no event that throws where nobody listens, and holds no listener against the database that it watches.

/** What is called with an event; what it returns is only waited for to see whether it fails. */
export type Listener<Event> = (event: Event) => void | Promise<void>;

/** Events of the names in `Events`, each with the value that listeners get. */
export class Emitter<Events extends object> {
  readonly #listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = {};
  readonly #onFailed: (name: keyof Events, error: unknown) => void;

  /** `onFailed` is told what listeners throw or reject with; it must not throw. */
  constructor(onFailed: (name: keyof Events, error: unknown) => void) {
    this.#onFailed = onFailed;
  }

  /** Adds a listener. One that listens already is not added again. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const listeners = this.#listeners[name];
    if (listeners === undefined) this.#listeners[name] = new Set([listener]);
    else listeners.add(listener);
  }

  /** Removes a listener; one that does not listen is passed over. */
  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    this.#listeners[name]?.delete(listener);
  }

  /** Whether anybody listens: where making an event costs something. */
  hasListeners(name: keyof Events): boolean {
    return (this.#listeners[name]?.size ?? 0) > 0;
  }

  /** Calls those who listen now, in the order in which they were added, in a microtask: the caller has finished its turn then. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of this.#listeners[name] ?? []) {
      queueMicrotask(() => {
        void this.#call(name, listener, event);
      });
    }
  }

  async #call<Name extends keyof Events>(
    name: Name,
    listener: Listener<Events[Name]>,
    event: Events[Name],
  ): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#onFailed(name, error);
    }
  }
}
