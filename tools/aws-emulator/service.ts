import { AwsError, serializationError } from './errors.ts';
import type { Faults } from './faults.ts';
import { encodeJson } from './json.ts';
import type { RoleSession } from './role-store.ts';
import { type Input, readInput, type Shape } from './shapes.ts';
import { headerOf, type WireReply, type WireRequest } from './wire.ts';

/** A request, as far as it can be told before it is verified. */
export interface ServiceCall {
  /** Undefined if the request names none. */
  readonly operation: string | undefined;
  /** The body, if it is JSON, or the parameters of the query. */
  readonly input: unknown;
}

/** Whose credentials signed a request. */
export interface Caller {
  readonly accountId: string;
  /** Absent: the credentials of the emulator. */
  readonly session?: RoleSession | undefined;
}

/** One service behind the emulator's port. */
export interface AwsService {
  readonly name: 'ssm' | 'secretsmanager' | 'appconfigdata' | 'sts';
  /** The service in the credential scope, and the prefix of IAM actions. */
  readonly signingName: string;
  /** Undefined if the request is for another service. */
  recognize(request: WireRequest): ServiceCall | undefined;
  /** @throws {AwsError} */
  answer(call: ServiceCall, request: WireRequest, caller: Caller): WireReply;
  refuse(error: AwsError): WireReply;
}

/** The account whose resources are emulated: makes ARNs, tells the time, and checks permissions. */
export class Account {
  readonly region: string;
  readonly accountId: string;
  readonly faults: Faults;
  readonly now: () => number;

  constructor(region: string, accountId: string, faults: Faults, now: () => number) {
    this.region = region;
    this.accountId = accountId;
    this.faults = faults;
    this.now = now;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  /**
   * @param names by which tests may deny it as well
   * @throws {AwsError} `AccessDeniedException` if the test denies it
   */
  authorize(action: string, arn: string, ...names: readonly string[]): void {
    if (this.faults.allows(action, arn, ...names)) return;
    const user = `arn:aws:sts::${this.accountId}:assumed-role/emulated/emulated`;
    throw new AwsError(
      'AccessDeniedException',
      `User: ${user} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
      { member: 'Message' },
    );
  }

  /** Checks whether a key may be used to decrypt. */
  canDecrypt(keyId: string): boolean {
    return this.faults.allows('kms:Decrypt', keyId);
  }
}

/** Answers an input. The output is written as JSON; undefined members are omitted. */
export type Operation = (body: unknown) => unknown;

export const operation =
  <S extends Shape>(shape: S, run: (input: Input<S>) => unknown): Operation =>
  (body) =>
    run(readInput(shape, body));

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** A service with the protocol JSON 1.1: one path, the operation in `X-Amz-Target`. */
export class JsonService implements AwsService {
  readonly name: 'ssm' | 'secretsmanager';
  readonly signingName: string;
  readonly #target: string;
  readonly #operations: ReadonlyMap<string, Operation>;

  constructor(
    name: 'ssm' | 'secretsmanager',
    target: string,
    operations: Readonly<Record<string, Operation>>,
  ) {
    this.name = name;
    this.signingName = name;
    this.#target = `${target}.`;
    this.#operations = new Map(Object.entries(operations));
  }

  recognize(request: WireRequest): ServiceCall | undefined {
    const target = headerOf(request, 'x-amz-target');
    if (!target?.startsWith(this.#target)) return undefined;
    return { operation: target.slice(this.#target.length), input: parsed(request.body) };
  }

  answer({ operation: name, input }: ServiceCall, request: WireRequest): WireReply {
    if (headerOf(request, 'content-type') !== CONTENT_TYPE) return UNKNOWN_OPERATION;
    const run = this.#operations.get(name ?? '');
    if (request.method !== 'POST' || request.path !== '/' || request.query !== '' || !run)
      throw new AwsError('UnknownOperationException');
    if (input === undefined) throw serializationError();
    return { status: 200, headers: { 'Content-Type': CONTENT_TYPE }, body: encodeJson(run(input)) };
  }

  refuse({ type, members, shape }: AwsError): WireReply {
    return {
      status: shape.status ?? (type.startsWith('Internal') ? 500 : 400),
      headers: { 'Content-Type': CONTENT_TYPE },
      body: JSON.stringify({ __type: type, ...members }),
    };
  }
}

/** The answer to a request that belongs to no service. */
export const UNKNOWN_OPERATION: WireReply = {
  status: 404,
  headers: { 'Content-Type': 'application/xml' },
  body: '<UnknownOperationException/>\n',
};

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
