import { Agent, type EventName } from './agent.ts';
import { Refusal } from './refusal.ts';

const MAX_AGENTS = 10;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who may register, and who has. */
export class Agents {
  readonly #agents: Agent[];
  readonly #refusesInvoke: boolean;
  #open = true;

  /** `externalNames` are the names of the files in `/opt/extensions`. */
  constructor(externalNames: readonly string[], refusesInvoke: boolean) {
    this.#agents = externalNames.map((name) => new Agent(name, 'external'));
    this.#refusesInvoke = refusesInvoke;
  }

  get all(): readonly Agent[] {
    return this.#agents;
  }

  get external(): readonly Agent[] {
    return this.#agents.filter((agent) => agent.kind === 'external');
  }

  /** From now on nobody new may register: the runtime is ready. */
  closeRegistration(): void {
    this.#open = false;
  }

  register(name: string, events: readonly string[]): Agent {
    const awaited = this.external.find((agent) => agent.name === name);
    const granted = events.map((event) => this.#grant(event, awaited ? 'external' : 'internal'));
    const agent = awaited ?? this.#createInternal(name);
    agent.register(granted);
    return agent;
  }

  byIdentifier(identifier: string | undefined): Agent {
    if (!identifier) {
      throw new Refusal('Extension.MissingExtensionIdentifier', 'Missing Lambda-Extension-Identifier header');
    }
    if (!UUID.test(identifier)) {
      throw new Refusal('Extension.InvalidExtensionIdentifier', 'Invalid Lambda-Extension-Identifier');
    }
    const agent = this.#agents.find(({ id }) => id === identifier);
    if (!agent) throw new Refusal('Extension.UnknownExtensionIdentifier', `Unknown extension ${identifier}`);
    return agent;
  }

  #grant(event: string, kind: 'external' | 'internal'): EventName {
    if (event === 'INVOKE' && !this.#refusesInvoke) return event;
    if (event === 'SHUTDOWN' && kind === 'external') return event;
    throw new Refusal('Extension.InvalidEventType', `${event}: not for an ${kind} extension`);
  }

  #createInternal(name: string): Agent {
    if (!this.#open) {
      throw new Refusal('Extension.RegistrationClosed', 'Extension registration closed already');
    }
    if (this.#agents.length >= MAX_AGENTS) {
      throw new Refusal('Extension.TooManyExtensions', `Extension limit (${MAX_AGENTS}) reached`);
    }
    if (this.#agents.some((agent) => agent.name === name)) {
      throw new Refusal('Extension.InvalidExtensionState', 'Extension with this name already registered');
    }
    const agent = new Agent(name, 'internal');
    this.#agents.push(agent);
    return agent;
  }
}
