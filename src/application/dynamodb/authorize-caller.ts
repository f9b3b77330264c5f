import { NameSet } from '../../domain/dynamodb/model/projection.ts';
import type { ConfiguredTables } from '../../domain/dynamodb/model/configured-tables.ts';
import { type OriginProblem, originOf } from '../../domain/dynamodb/operations/request-origin.ts';
import { outlineOf } from '../../domain/dynamodb/operations/request-outline.ts';
import { isReadableBody } from '../../domain/json/json-object.ts';
import {
  type ClientSignal,
  type IncomingOperation,
  OperationRefusedError,
  type WireAnswer,
  type WireHeaders,
  type WireOperations,
  type WireRequest,
} from '../../ports/inbound/wire-operations.ts';
import type { Caller, CallerRecogniser } from '../../ports/outbound/caller-recogniser.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import { delay, runInSlices } from '../time/timers.ts';
import type { AdmittedCaller, AdmittedOperations, AdmittedRequest } from './admitted-operations.ts';

/**
 * Admits only the function's own identity, because forwarded operations run under that identity or a role of it. Admits only
 * tables of the function's own account, and those that are configured by ARN or with a role.
 */
export class AuthorizeCaller implements WireOperations {
  readonly #recogniser: CallerRecogniser;
  readonly #operations: AdmittedOperations;
  readonly #clock: Clock;
  readonly #tables: ConfiguredTables;
  readonly #keyNames: NameSet;
  /** Whether tables are read in other regions or accounts, or with roles. */
  readonly #hasOrigins: boolean;

  constructor(
    recogniser: CallerRecogniser,
    operations: AdmittedOperations,
    tables: ConfiguredTables,
    clock: Clock,
  ) {
    this.#recogniser = recogniser;
    this.#operations = operations;
    this.#clock = clock;
    this.#tables = tables;
    this.#hasOrigins = tables.all.some(({ spec: { region, account, role } }) => region ?? account ?? role);
    this.#keyNames = new NameSet(
      tables.all.flatMap(({ spec: { hashKey, sortKey } }) => [
        hashKey.name,
        ...(sortKey === undefined ? [] : [sortKey.name]),
      ]),
    );
  }

  async execute(incoming: IncomingOperation): Promise<WireAnswer> {
    const recognised = this.#recogniser.recognise(incoming);
    const caller = 'then' in recognised ? await recognised : recognised;
    const request = new OperationWithBody(incoming, await incoming.read());
    const verified = this.#recogniser.verify(request);
    if (verified !== undefined) await verified;
    return this.#admit(request, caller);
  }

  #admit(request: WireRequest, caller: Caller): WireAnswer | Promise<WireAnswer> {
    if (!isReadableBody(request.body)) return this.#admitLarge(request, caller);
    const admitted = this.#admitted(request.operation, request.body, caller);
    return this.#operations.execute(new AdmittedOperation(request, admitted));
  }

  async #admitLarge(request: WireRequest, caller: Caller): Promise<WireAnswer> {
    const outline = await runInSlices(outlineOf(request.body, this.#keyNames), this.#clock);
    // Signing and sending a large body also block other requests for a while.
    await delay(this.#clock, 0);
    if (caller.account !== undefined && outline.length === 0) throw unknownTables();
    const admitted = this.#admitted(request.operation, outline, caller);
    return this.#operations.execute(new AdmittedOperation(request, admitted, request.body, outline));
  }

  /** @throws {OperationRefusedError} if the operation may not be forwarded */
  #admitted(operation: string, body: Uint8Array, caller: Caller): AdmittedCaller {
    if (caller.account === undefined && !this.#hasOrigins) return caller;
    const origin = originOf(operation, body, this.#tables, caller);
    if (origin === undefined) return caller;
    if (typeof origin === 'string')
      throw new OperationRefusedError('AccessDeniedException', REFUSALS[origin]);
    return { ...caller, origin };
  }
}

const REFUSALS: Readonly<Record<OriginProblem, string>> = {
  foreign_table:
    "the request names a table of another account that cache.yaml does not name, or is written so that it could hide one. The extension forwards only requests for tables of the function's own account and for tables whose ARN is in cache.yaml: add the ARN, or configure this client with an endpoint of DynamoDB",
  unreadable_body:
    'the cache cannot see which tables the request names: its body is compressed, not in UTF-8, not valid JSON, or nested too deeply. Send JSON in UTF-8 without compression, or configure this client with an endpoint of DynamoDB',
  several_origins:
    'the request names tables that are read with different roles or in different regions. Send one request for each, with the ARN of every table',
  other_operation:
    'the request names a table with a role or in another region. For such tables the extension forwards only operations on items and DescribeTable, and no PartiQL: configure this client with an endpoint of DynamoDB and the credentials of the role',
};

const unknownTables = (): OperationRefusedError =>
  new OperationRefusedError(
    'AccessDeniedException',
    'the request is large, and the cache cannot see which tables it names: it is not valid JSON, or its names and keys take more than 512 KiB or 4,096 members. Configure this client with an endpoint of DynamoDB',
  );

/** An operation with its body. Creates the signal only when it is read, because most operations do not need it. */
class OperationWithBody implements WireRequest {
  readonly operation: string;
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
  readonly #request: Pick<WireRequest, 'signal'>;

  constructor(request: Omit<WireRequest, 'body'>, body: Uint8Array) {
    this.operation = request.operation;
    this.headers = request.headers;
    this.body = body;
    this.#request = request;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }
}

/** An operation of an admitted caller, with another body if given. */
export class AdmittedOperation extends OperationWithBody implements AdmittedRequest {
  readonly caller: AdmittedCaller;
  readonly outline: Uint8Array | undefined;

  constructor(
    request: WireRequest,
    caller: AdmittedCaller,
    body: Uint8Array = request.body,
    outline: Uint8Array | undefined = undefined,
  ) {
    super(request, body);
    this.caller = caller;
    this.outline = outline;
  }
}
