import { randomUUID } from 'node:crypto';
import { Refusal } from './refusal.ts';

export type EventName = 'INVOKE' | 'SHUTDOWN';

export type AgentState = 'Started' | 'Registered' | 'Ready' | 'Running' | 'InitError' | 'ExitError';

/** What `/event/next` answers. */
export interface AgentEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> & { readonly eventType: EventName };
}

/** One extension as Lambda sees it: a state machine, which refuses every call out of turn. */
export class Agent {
  readonly id: string = randomUUID();
  readonly name: string;
  /** External: a process that Lambda started. Internal: a thread of another one. */
  readonly kind: 'external' | 'internal';
  #state: AgentState = 'Started';
  #subscriptions: ReadonlySet<EventName> = new Set();
  #deliver: ((event: AgentEvent) => void) | undefined;
  #due: AgentEvent | undefined;

  constructor(name: string, kind: 'external' | 'internal') {
    this.name = name;
    this.kind = kind;
  }

  get state(): AgentState {
    return this.#state;
  }

  subscribesTo(event: EventName): boolean {
    return this.#subscriptions.has(event);
  }

  register(events: readonly EventName[]): void {
    this.#move('Registered', ['Started']);
    this.#subscriptions = new Set(events);
  }

  /** The next event, for as long as it takes. */
  next(): Promise<AgentEvent> {
    this.#move('Ready', ['Registered', 'Running']);
    return new Promise((resolve) => {
      this.#deliver = resolve;
      if (this.#due) this.release(this.#due);
    });
  }

  /** Gives the event to the call of next that waits, or to the coming one. */
  release(event: AgentEvent): void {
    if (!this.#deliver) {
      this.#due = event;
      return;
    }
    const deliver = this.#deliver;
    this.#due = undefined;
    this.#deliver = undefined;
    this.#state = 'Running';
    deliver(event);
  }

  reportInitError(): void {
    this.#move('InitError', ['Registered', 'InitError']);
  }

  reportExitError(): void {
    this.#move('ExitError', ['Registered', 'Ready', 'Running', 'ExitError']);
  }

  #move(to: AgentState, from: readonly AgentState[]): void {
    if (!from.includes(this.#state)) {
      throw new Refusal(
        'Extension.InvalidExtensionState',
        `State transition from ${this.#state} to ${to} failed for extension ${this.name}.`,
      );
    }
    this.#state = to;
  }
}
