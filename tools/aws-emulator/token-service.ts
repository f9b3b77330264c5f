import { randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import { ROLE_ARN, type RoleSession, type RoleStore, type StoredRole } from './role-store.ts';
import type { Account, AwsService, Caller, ServiceCall } from './service.ts';
import { headerOf, type WireReply, type WireRequest } from './wire.ts';

const FORM_TYPE = /^application\/x-www-form-urlencoded(?:; *charset=utf-8)?$/i;
const API_VERSION = '2011-06-15';
const DEFAULT_SECONDS = 3600;

/** Credentials of a role assume another role for an hour at most. */
const LONGEST_CHAINED_SECONDS = 3600;

const MEMBERS: ReadonlySet<string> = new Set([
  'Action',
  'Version',
  'RoleArn',
  'RoleSessionName',
  'DurationSeconds',
  'ExternalId',
]);

/** The names of errors in the query protocol, where they differ from those of the JSON protocols, and their statuses. */
const ERRORS: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDenied: ['AccessDenied', 403],
  ExpiredTokenException: ['ExpiredToken', 403],
  IncompleteSignatureException: ['IncompleteSignature', 400],
  InvalidSignatureException: ['SignatureDoesNotMatch', 403],
  MissingAuthenticationTokenException: ['MissingAuthenticationToken', 403],
  ThrottlingException: ['Throttling', 400],
  UnrecognizedClientException: ['InvalidClientTokenId', 403],
};

/** STS: `AssumeRole` in the query protocol. */
export class TokenService implements AwsService {
  readonly name = 'sts';
  readonly signingName = 'sts';
  readonly #account: Account;
  readonly #roles: RoleStore;

  constructor(account: Account, roles: RoleStore) {
    this.#account = account;
    this.#roles = roles;
  }

  recognize(request: WireRequest): ServiceCall | undefined {
    if (!FORM_TYPE.test(headerOf(request, 'content-type') ?? '')) return undefined;
    const pairs = [...new URLSearchParams(request.body.toString())];
    const input = Object.fromEntries(pairs);
    return { operation: input.Action, input: Object.keys(input).length === pairs.length ? input : undefined };
  }

  answer({ operation, input }: ServiceCall, { method, path, query }: WireRequest, caller: Caller): WireReply {
    if (operation === undefined) throw new AwsError('MissingAction', 'Missing Action');
    const given = new Map(Object.entries(input ?? {}));
    const version = given.get('Version');
    if (
      operation !== 'AssumeRole' ||
      version !== API_VERSION ||
      method !== 'POST' ||
      path !== '/' ||
      query !== ''
    )
      throw new AwsError('InvalidAction', `Could not find operation ${operation} for version ${version}`);
    if (input === undefined || [...given.keys()].some((name) => !MEMBERS.has(name)))
      throw new AwsError('MalformedInput', 'A parameter is unknown, or given twice');
    return this.#assumed(this.#assume(given, caller));
  }

  refuse({ type, text = '', shape }: AwsError): WireReply {
    const [code, status] = ERRORS[type] ?? [type, type.startsWith('Internal') ? 500 : 400];
    const error = `<Type>Sender</Type>${element('Code', code)}${element('Message', text)}`;
    return this.#reply(
      shape.status ?? status,
      'ErrorResponse',
      `\n  <Error>${error}</Error>\n  ${element('RequestId', randomUUID())}\n`,
    );
  }

  #assume(given: ReadonlyMap<string, string>, caller: Caller): RoleSession {
    const roleArn = checked(given, 'RoleArn', ARN_FORM);
    const sessionName = checked(given, 'RoleSessionName', /^[\w+=,.@-]{2,64}$/);
    const externalId = given.has('ExternalId')
      ? checked(given, 'ExternalId', /^[\w+=,.@:/-]{2,1224}$/)
      : undefined;
    const seconds = Number(given.get('DurationSeconds') ?? DEFAULT_SECONDS);
    if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) throw violation('durationSeconds');
    const role = this.#permitted(roleArn, externalId, caller);
    if (caller.session !== undefined && seconds > LONGEST_CHAINED_SECONDS)
      throw validationError(
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      );
    if (seconds > role.maxSessionSeconds)
      throw validationError(
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    return this.#roles.issue(role, sessionName, this.#account.now() + seconds * 1000);
  }

  /** An unknown role is refused as one that does not trust the caller. */
  #permitted(roleArn: string, externalId: string | undefined, caller: Caller): StoredRole {
    const role = this.#roles.find(roleArn);
    const isTrusted =
      role?.trustedAccounts.includes(caller.accountId) === true &&
      (role.externalId === undefined || role.externalId === externalId);
    if (role !== undefined && isTrusted && this.#account.faults.allows('sts:AssumeRole', roleArn))
      return role;
    const user = `arn:aws:sts::${caller.accountId}:assumed-role/emulated/emulated`;
    throw new AwsError(
      'AccessDenied',
      `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  }

  #assumed({ credentials, accountId, roleArn, sessionName, expiresAt }: RoleSession): WireReply {
    const [, , , name = ''] = ROLE_ARN.exec(roleArn) ?? [];
    const members = [
      ['AccessKeyId', credentials.accessKeyId],
      ['SecretAccessKey', credentials.secretAccessKey],
      ['SessionToken', credentials.sessionToken],
      ['Expiration', `${new Date(expiresAt).toISOString().slice(0, 19)}Z`],
    ] as const;
    const user = `${element('AssumedRoleId', `AROAEMULATED:${sessionName}`)}${element(
      'Arn',
      `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`,
    )}`;
    const result = [
      `<AssumedRoleUser>${user}</AssumedRoleUser>`,
      `<Credentials>\n${members.map(([member, text]) => `      ${element(member, text)}\n`).join('')}    </Credentials>`,
    ].join('\n    ');
    return this.#reply(
      200,
      'AssumeRoleResponse',
      `\n  <AssumeRoleResult>\n    ${result}\n  </AssumeRoleResult>\n  <ResponseMetadata>\n    ${element(
        'RequestId',
        randomUUID(),
      )}\n  </ResponseMetadata>\n`,
    );
  }

  #reply(status: number, root: string, content: string): WireReply {
    return {
      status,
      headers: { 'Content-Type': 'text/xml' },
      body: `<${root} xmlns="https://sts.amazonaws.com/doc/${API_VERSION}/">${content}</${root}>\n`,
    };
  }
}

/** STS allows 20 to 2048 characters. */
const ARN_FORM = new RegExp(`^(?=.{20,2048}$)${ROLE_ARN.source.slice(1)}`);

function checked(given: ReadonlyMap<string, string>, member: string, form: RegExp): string {
  const value = given.get(member);
  if (value !== undefined && form.test(value)) return value;
  throw violation(member.charAt(0).toLowerCase() + member.slice(1));
}

const violation = (member: string) =>
  validationError(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member is malformed`,
  );

const validationError = (text: string) => new AwsError('ValidationError', text);

const ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

const element = (name: string, text: string) =>
  `<${name}>${text.replaceAll(/[<>&"]/g, (each) => ESCAPES[each] ?? '')}</${name}>`;
