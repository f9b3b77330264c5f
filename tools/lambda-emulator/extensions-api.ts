import { randomUUID } from 'node:crypto';
import {
  ACCEPTED,
  type Api,
  ApiError,
  type ApiReply,
  type ApiRequest,
  header,
  isListening,
} from './api-server.ts';
import type { Journal } from './journal.ts';
import { FUNCTION, type LambdaOptions } from './options.ts';

export type EventName = 'INVOKE' | 'SHUTDOWN';

export type ExtensionState = 'Started' | 'Registered' | 'Ready' | 'Running' | 'InitError' | 'ExitError';

/** The answer of `/event/next`. */
export interface ExtensionEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> & { readonly eventType: EventName };
}

/** One extension as Lambda sees it: a state machine that rejects every call out of order. */
export class Extension {
  readonly id: string = randomUUID();
  readonly name: string;
  /** External: started by Lambda as a process. Internal: part of the runtime process. */
  readonly kind: 'external' | 'internal';
  #state: ExtensionState = 'Started';
  #subscriptions: ReadonlySet<EventName> = new Set();
  #deliver: ((event: ExtensionEvent) => void) | undefined;
  #due: ExtensionEvent | undefined;

  constructor(name: string, kind: 'external' | 'internal') {
    this.name = name;
    this.kind = kind;
  }

  get state(): ExtensionState {
    return this.#state;
  }

  subscribesTo(event: EventName): boolean {
    return this.#subscriptions.has(event);
  }

  register(events: readonly EventName[]): void {
    this.#move('Registered', ['Started']);
    this.#subscriptions = new Set(events);
  }

  /** Resolves with the next event, however long that takes. */
  next(): Promise<ExtensionEvent> {
    this.#move('Ready', ['Registered', 'Running']);
    return new Promise((resolve) => {
      this.#deliver = resolve;
      if (this.#due) this.release(this.#due);
    });
  }

  /** Delivers the event to the pending call of `next`, or to the next one. */
  release(event: ExtensionEvent): void {
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

  #move(to: ExtensionState, from: readonly ExtensionState[]): void {
    if (!from.includes(this.#state)) {
      throw new ApiError(
        'Extension.InvalidExtensionState',
        `State transition from ${this.#state} to ${to} failed for extension ${this.name}.`,
      );
    }
    this.#state = to;
  }
}

const MAX_EXTENSIONS = 10;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The extensions that may register, and those that have. */
export class ExtensionRegistry {
  readonly #extensions: Extension[];
  readonly #refusesInvoke: boolean;
  #open = true;

  /** `externalNames` are the names of the files in `/opt/extensions`. */
  constructor(externalNames: readonly string[], refusesInvoke: boolean) {
    this.#extensions = externalNames.map((name) => new Extension(name, 'external'));
    this.#refusesInvoke = refusesInvoke;
  }

  get all(): readonly Extension[] {
    return this.#extensions;
  }

  get external(): readonly Extension[] {
    return this.#extensions.filter((extension) => extension.kind === 'external');
  }

  /** Rejects new internal extensions from now on: Lambda does so once the runtime is ready. */
  closeRegistration(): void {
    this.#open = false;
  }

  register(name: string, events: readonly string[]): Extension {
    const awaited = this.external.find((extension) => extension.name === name);
    const granted = events.map((event) => this.#grant(event, awaited ? 'external' : 'internal'));
    const extension = awaited ?? this.#createInternal(name);
    extension.register(granted);
    return extension;
  }

  byIdentifier(identifier: string | undefined): Extension {
    if (!identifier) {
      throw new ApiError(
        'Extension.MissingExtensionIdentifier',
        'Missing Lambda-Extension-Identifier header',
      );
    }
    if (!UUID.test(identifier)) {
      throw new ApiError('Extension.InvalidExtensionIdentifier', 'Invalid Lambda-Extension-Identifier');
    }
    const extension = this.#extensions.find(({ id }) => id === identifier);
    if (!extension)
      throw new ApiError('Extension.UnknownExtensionIdentifier', `Unknown extension ${identifier}`);
    return extension;
  }

  #grant(event: string, kind: 'external' | 'internal'): EventName {
    if (event === 'INVOKE' && !this.#refusesInvoke) return event;
    if (event === 'SHUTDOWN' && kind === 'external') return event;
    throw new ApiError('Extension.InvalidEventType', `${event}: not for an ${kind} extension`);
  }

  #createInternal(name: string): Extension {
    if (!this.#open) {
      throw new ApiError('Extension.RegistrationClosed', 'Extension registration closed already');
    }
    if (this.#extensions.length >= MAX_EXTENSIONS) {
      throw new ApiError('Extension.TooManyExtensions', `Extension limit (${MAX_EXTENSIONS}) reached`);
    }
    if (this.#extensions.some((extension) => extension.name === name)) {
      throw new ApiError('Extension.InvalidExtensionState', 'Extension with this name already registered');
    }
    const extension = new Extension(name, 'internal');
    this.#extensions.push(extension);
    return extension;
  }
}

/** The parts of an execution environment that the Extensions API uses. */
export interface ExtensionsHost {
  readonly extensions: ExtensionRegistry;
  /** Called after a change of state. */
  changed(): void;
  /** Keeps the first reason that an extension reports for a failure to come. */
  blame(errorType: 'Extension.InitError' | 'Extension.ExitError', message: string): void;
}

type RegistrationOptions = Pick<LambdaOptions, 'port' | 'beforeRegistration'>;

/** Serves `/2020-01-01/extension`. */
export function extensionsApi(
  host: () => ExtensionsHost,
  journal: Journal,
  options: RegistrationOptions,
): Api {
  return (request) => {
    switch (`${request.method} ${request.path}`) {
      case 'POST /2020-01-01/extension/register':
        return register(host(), journal, options, request);
      case 'GET /2020-01-01/extension/event/next':
        return next(host(), journal, request);
      case 'POST /2020-01-01/extension/init/error':
        return report(host(), journal, request, 'init-error');
      case 'POST /2020-01-01/extension/exit/error':
        return report(host(), journal, request, 'exit-error');
      default:
        return undefined;
    }
  };
}

async function register(
  host: ExtensionsHost,
  journal: Journal,
  { port, beforeRegistration }: RegistrationOptions,
  request: ApiRequest,
): Promise<ApiReply> {
  await beforeRegistration?.();
  // Checked before the answer: from then on the function may connect.
  const listening = port === undefined ? undefined : await isListening(port);
  const name = header(request, 'Lambda-Extension-Name');
  if (!name) throw new ApiError('Extension.InvalidExtensionName', 'Empty extension name');
  const events = readEvents(request.body);
  const extension = host.extensions.register(name, events);
  journal.record('registered', { name, as: extension.kind, events, listening });
  host.changed();
  const { accountId, ...metadata } = FUNCTION;
  const features = (header(request, 'Lambda-Extension-Accept-Feature') ?? '').split(',').map((f) => f.trim());
  return {
    status: 200,
    headers: { 'Lambda-Extension-Identifier': extension.id },
    body: JSON.stringify(features.includes('accountId') ? { accountId, ...metadata } : metadata),
  };
}

async function next(host: ExtensionsHost, journal: Journal, request: ApiRequest): Promise<ApiReply> {
  const extension = host.extensions.byIdentifier(header(request, 'Lambda-Extension-Identifier'));
  const isFirst = extension.state === 'Registered';
  const event: Promise<ExtensionEvent> = extension.next();
  journal.record(isFirst ? 'extension-ready' : 'extension-done', { name: extension.name });
  host.changed();
  const { headers, body } = await event;
  journal.record('event', { name: extension.name, type: body.eventType, reason: body.shutdownReason });
  return { status: 200, headers, body: JSON.stringify(body) };
}

async function report(
  host: ExtensionsHost,
  journal: Journal,
  request: ApiRequest,
  kind: 'init-error' | 'exit-error',
): Promise<ApiReply> {
  const extension = host.extensions.byIdentifier(header(request, 'Lambda-Extension-Identifier'));
  const errorType = header(request, 'Lambda-Extension-Function-Error-Type');
  if (!errorType) {
    throw new ApiError('Extension.MissingHeader', 'Lambda-Extension-Function-Error-Type not found');
  }
  if (kind === 'init-error') extension.reportInitError();
  else extension.reportExitError();
  journal.record(kind, { name: extension.name, errorType, body: request.body });
  host.blame(kind === 'init-error' ? 'Extension.InitError' : 'Extension.ExitError', errorType);
  return ACCEPTED;
}

function readEvents(body: string): string[] {
  try {
    const { events = [] } = JSON.parse(body);
    if (Array.isArray(events) && events.every((event) => typeof event === 'string')) return events;
  } catch {
    // Rejected below, like any body without a list of names.
  }
  throw new ApiError('InvalidRequestFormat', 'the body must be {"events": ["INVOKE", "SHUTDOWN"]}');
}
