import { randomBytes } from 'node:crypto';
import type { Configuration, ConfigurationStore } from './configuration-store.ts';
import { AwsError, serializationError } from './errors.ts';
import { encodeJson } from './json.ts';
import type { Account, AwsService, ServiceCall } from './service.ts';
import { integer, optional, readInput, required, text } from './shapes.ts';
import { headerOf, type WireReply, type WireRequest } from './wire.ts';

/** What one token allows: one poll of one session. */
interface PollToken {
  readonly arn: string;
  readonly intervalSeconds: number;
  readonly issuedMs: number;
  readonly notBeforeMs: number;
  /** The deployment that the session has received. */
  readonly received: number | undefined;
  used: boolean;
}

type TokenProblem = 'Corrupted' | 'Expired' | 'PollIntervalNotSatisfied';

const TOKEN_LIFETIME_MS = 24 * 3600_000;
const DEFAULT_INTERVAL_SECONDS = 60;
const JSON_TYPE = 'application/json';

const IDENTIFIER = required(text({ min: 1, max: 128 }));
const START_SESSION = {
  ApplicationIdentifier: IDENTIFIER,
  EnvironmentIdentifier: IDENTIFIER,
  ConfigurationProfileIdentifier: IDENTIFIER,
  RequiredMinimumPollIntervalInSeconds: optional(integer(15, 86_400)),
};

const STATUSES: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InternalServerException: 500,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  ResourceNotFoundException: 404,
  ThrottlingException: 429,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
};

/** AppConfigData: sessions, and polls with tokens of which each is valid once. */
export class ConfigurationService implements AwsService {
  readonly name = 'appconfigdata';
  readonly signingName = 'appconfig';
  readonly #account: Account;
  readonly #configurations: ConfigurationStore;
  readonly #tokens = new Map<string, PollToken>();

  constructor(account: Account, configurations: ConfigurationStore) {
    this.#account = account;
    this.#configurations = configurations;
  }

  recognize({ method, path, query, body }: WireRequest): ServiceCall | undefined {
    if (path === '/configurationsessions')
      return { operation: method === 'POST' ? 'StartConfigurationSession' : undefined, input: parsed(body) };
    if (path !== '/configuration') return undefined;
    const parameters = new URLSearchParams(query);
    return {
      operation: method === 'GET' ? 'GetLatestConfiguration' : undefined,
      input: { ConfigurationToken: parameters.get('configuration_token') ?? undefined },
    };
  }

  answer({ operation, input }: ServiceCall, request: WireRequest): WireReply {
    switch (operation) {
      case 'StartConfigurationSession':
        if (headerOf(request, 'content-type') !== JSON_TYPE || input === undefined)
          throw serializationError();
        return this.#start(input);
      case 'GetLatestConfiguration':
        return this.#poll(readToken(request));
      default:
        throw new AwsError('UnknownOperationException');
    }
  }

  refuse({ type, members, shape }: AwsError): WireReply {
    return {
      status: shape.status ?? STATUSES[type] ?? 400,
      headers: { 'Content-Type': JSON_TYPE, 'x-amzn-errortype': type },
      body: JSON.stringify(members),
    };
  }

  #start(body: unknown): WireReply {
    const input = readInput(START_SESSION, body);
    const found = this.#configurations.find(
      input.ApplicationIdentifier,
      input.EnvironmentIdentifier,
      input.ConfigurationProfileIdentifier,
    );
    const isFound = typeof found !== 'string';
    const arn = isFound ? found.arn : this.#account.arn('appconfig', 'application/unknown');
    this.#account.authorize('appconfig:StartConfigurationSession', arn, ...(isFound ? namesOf(found) : []));
    if (!isFound) throw notFound(found);
    const intervalSeconds = input.RequiredMinimumPollIntervalInSeconds ?? DEFAULT_INTERVAL_SECONDS;
    const InitialConfigurationToken = this.#issue({
      arn,
      intervalSeconds,
      notBeforeMs: this.#account.now(),
      received: undefined,
    });
    return {
      status: 201,
      headers: { 'Content-Type': JSON_TYPE },
      body: encodeJson({ InitialConfigurationToken }),
    };
  }

  #poll(text: string): WireReply {
    const token = this.#tokens.get(text);
    const now = this.#account.now();
    if (!token || token.used) throw badToken('Token not valid', 'Corrupted');
    if (now >= token.issuedMs + TOKEN_LIFETIME_MS) throw badToken('Token not valid', 'Expired');
    // A poll that is too early does not use up its token.
    if (now < token.notBeforeMs) throw badToken('Request too early', 'PollIntervalNotSatisfied');
    const configuration = this.#configurations.get(token.arn);
    this.#account.authorize(
      'appconfig:GetLatestConfiguration',
      token.arn,
      ...(configuration ? namesOf(configuration) : []),
    );
    if (!configuration) throw notFound('Deployment');
    token.used = true;
    const { arn, intervalSeconds } = token;
    const next = this.#issue({
      arn,
      intervalSeconds,
      notBeforeMs: now + intervalSeconds * 1_000,
      received: configuration.deployment,
    });
    const isUnchanged = token.received === configuration.deployment;
    const { bytes, contentType, versionLabel = '' } = configuration.content;
    return {
      status: 200,
      headers: {
        'Next-Poll-Configuration-Token': next,
        'Next-Poll-Interval-In-Seconds': String(intervalSeconds),
        'Content-Type': contentType,
        'Version-Label': isUnchanged ? '' : versionLabel,
        'Last-Modified': new Date(configuration.deployedMs).toUTCString(),
      },
      body: isUnchanged ? '' : Buffer.from(bytes),
    };
  }

  #issue(token: Omit<PollToken, 'issuedMs' | 'used'>): string {
    const text = randomBytes(48).toString('base64');
    this.#tokens.set(text, { ...token, issuedMs: this.#account.now(), used: false });
    return text;
  }
}

/** `application/environment/profile` by which tests may deny it. */
const namesOf = ({ application, environment, profile }: Configuration) => [
  `${application.name}/${environment.name}/${profile.name}`,
];

function readToken({ query, body }: WireRequest): string {
  const parameters = [...new URLSearchParams(query)];
  const [[name, token] = ['', '']] = parameters;
  const isToken = parameters.length === 1 && name === 'configuration_token' && /^\S{1,8192}$/.test(token);
  if (isToken && body.length === 0) return token;
  throw badToken('Token not valid', 'Corrupted');
}

const badToken = (message: string, Problem: TokenProblem) =>
  new AwsError('BadRequestException', message, {
    member: 'Message',
    details: {
      Reason: 'InvalidParameters',
      Details: { InvalidParameters: { ConfigurationToken: { Problem } } },
    },
  });

const notFound = (ResourceType: string) =>
  new AwsError('ResourceNotFoundException', 'Resource not found', {
    member: 'Message',
    details: { ResourceType, ReferencedBy: {} },
  });

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
