import type { AgentEvent } from './agent.ts';
import type { Agents } from './agents.ts';
import { ACCEPTED, type Api, type ApiReply, type ApiRequest, header } from './api-server.ts';
import { FUNCTION } from './environment.ts';
import type { Journal } from './journal.ts';
import { isListening } from './port-probe.ts';
import { Refusal } from './refusal.ts';

/** What the Extensions API needs of the sandbox that it speaks for at the moment. */
export interface ExtensionsHost {
  readonly agents: Agents;
  /** Some state has changed. */
  changed(): void;
  /** Remembers the first reason that an extension gave for what will follow. */
  blame(errorType: 'Extension.InitError' | 'Extension.ExitError', message: string): void;
}

/** `/2020-01-01/extension`, by the rules of the Lambda service. */
export function extensionsApi(host: () => ExtensionsHost, journal: Journal, port: number | undefined): Api {
  return (request) => {
    switch (`${request.method} ${request.path}`) {
      case 'POST /2020-01-01/extension/register':
        return register(host(), journal, port, request);
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
  port: number | undefined,
  request: ApiRequest,
): Promise<ApiReply> {
  // Asked before anything is answered: this is the moment after which a function might connect.
  const listening = port === undefined ? undefined : await isListening(port);
  const name = header(request, 'Lambda-Extension-Name');
  if (!name) throw new Refusal('Extension.InvalidExtensionName', 'Empty extension name');
  const events = readEvents(request.body);
  const agent = host.agents.register(name, events);
  journal.record('registered', { name, as: agent.kind, events, listening });
  host.changed();
  const { accountId, ...metadata } = FUNCTION;
  const features = (header(request, 'Lambda-Extension-Accept-Feature') ?? '').split(',').map((f) => f.trim());
  return {
    status: 200,
    headers: { 'Lambda-Extension-Identifier': agent.id },
    body: JSON.stringify(features.includes('accountId') ? { accountId, ...metadata } : metadata),
  };
}

async function next(host: ExtensionsHost, journal: Journal, request: ApiRequest): Promise<ApiReply> {
  const agent = host.agents.byIdentifier(header(request, 'Lambda-Extension-Identifier'));
  const isFirst = agent.state === 'Registered';
  const event: Promise<AgentEvent> = agent.next();
  journal.record(isFirst ? 'extension-ready' : 'extension-done', { name: agent.name });
  host.changed();
  const { headers, body } = await event;
  journal.record('event', { name: agent.name, type: body.eventType, reason: body.shutdownReason });
  return { status: 200, headers, body: JSON.stringify(body) };
}

async function report(
  host: ExtensionsHost,
  journal: Journal,
  request: ApiRequest,
  kind: 'init-error' | 'exit-error',
): Promise<ApiReply> {
  const agent = host.agents.byIdentifier(header(request, 'Lambda-Extension-Identifier'));
  const errorType = header(request, 'Lambda-Extension-Function-Error-Type');
  if (!errorType) {
    throw new Refusal('Extension.MissingHeader', 'Lambda-Extension-Function-Error-Type not found');
  }
  if (kind === 'init-error') agent.reportInitError();
  else agent.reportExitError();
  journal.record(kind, { name: agent.name, errorType, body: request.body });
  host.blame(kind === 'init-error' ? 'Extension.InitError' : 'Extension.ExitError', errorType);
  return ACCEPTED;
}

function readEvents(body: string): string[] {
  try {
    const { events = [] } = JSON.parse(body);
    if (Array.isArray(events) && events.every((event) => typeof event === 'string')) return events;
  } catch {
    // Refused below, like all that is no list of names.
  }
  throw new Refusal('InvalidRequestFormat', 'the body must be {"events": ["INVOKE", "SHUTDOWN"]}');
}
