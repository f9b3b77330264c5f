/** A call to the source that has not been answered yet. */
export interface InFlightCall {
  readonly group: string;
  /** Its place among all reads. */
  readonly order: number;
  abandon(): void;
}

/** Knows the calls that wait for the source, so that those can be given up which an outage has swallowed. */
export class InFlightCalls {
  readonly #calls = new Set<InFlightCall>();

  add(call: InFlightCall): void {
    this.#calls.add(call);
  }

  remove(call: InFlightCall): void {
    this.#calls.delete(call);
  }

  /** Gives up the calls about the group that were made before the one of that place. */
  abandonOlder(group: string, order: number): void {
    for (const call of [...this.#calls]) if (call.group === group && call.order < order) call.abandon();
  }
}
