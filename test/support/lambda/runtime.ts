import type { Invocation, InvokeResult } from './invocation.ts';
import { Refusal } from './refusal.ts';

type RuntimeState = 'Started' | 'Ready' | 'Running' | 'Answered';

/** The function's runtime as Lambda sees it: it takes invocations in turn, and answers each once. */
export class Runtime {
  #state: RuntimeState = 'Started';
  #deliver: ((invocation: Invocation) => void) | undefined;
  #current: Invocation | undefined;
  #result: InvokeResult | undefined;

  get isReady(): boolean {
    return this.#state === 'Ready';
  }

  /** The answer to the latest invocation, once it is there. */
  get result(): InvokeResult | undefined {
    return this.#result;
  }

  /** The next invocation, for as long as it takes. */
  next(): Promise<Invocation> {
    if (this.#state === 'Ready' || this.#state === 'Running') {
      throw new Refusal('InvalidStateTransition', `Transition from ${this.#state} to Ready is not allowed`);
    }
    this.#state = 'Ready';
    return new Promise((resolve) => {
      this.#deliver = resolve;
    });
  }

  /** Gives an invocation to the call of next that waits. */
  release(invocation: Invocation): void {
    if (!this.#deliver) throw new Error('the runtime does not wait for an invocation');
    this.#state = 'Running';
    this.#current = invocation;
    this.#result = undefined;
    this.#deliver(invocation);
    this.#deliver = undefined;
  }

  answer(requestId: string, body: string, failed: boolean): void {
    if (this.#state !== 'Running' || requestId !== this.#current?.requestId) {
      throw new Refusal('InvalidRequestID', 'Invalid request ID', 400);
    }
    this.#state = 'Answered';
    this.#result = { requestId, payload: readPayload(body), failed };
  }
}

/** Functions may answer what is not JSON. */
function readPayload(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
