import { NameSet } from '../../domain/dynamodb/model/projection.ts';
import type { KeySchema } from '../../domain/dynamodb/model/table-spec.ts';
import { namesForeignTable } from '../../domain/dynamodb/operations/foreign-table.ts';
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
import { delay } from '../time/freeze-aware-timer.ts';
import { runInSlices } from '../time/slices.ts';
import type { AdmittedOperations, AdmittedRequest } from './admitted-operations.ts';

/** Admits only the function's own identity, on tables of its own account, because forwarded operations run under that identity. */
export class AuthorizeCaller implements WireOperations {
  readonly #recogniser: CallerRecogniser;
  readonly #operations: AdmittedOperations;
  readonly #clock: Clock;
  readonly #keyNames: NameSet;

  /** @param tables the configured tables */
  constructor(
    recogniser: CallerRecogniser,
    operations: AdmittedOperations,
    tables: readonly KeySchema[],
    clock: Clock,
  ) {
    this.#recogniser = recogniser;
    this.#operations = operations;
    this.#clock = clock;
    this.#keyNames = new NameSet(
      tables.flatMap(({ hashKey, sortKey }) => [
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
    if (caller.account !== undefined && namesForeignTable(request.body, caller.account)) throw foreignTable();
    return this.#operations.execute(new AdmittedOperation(request, caller));
  }

  async #admitLarge(request: WireRequest, caller: Caller): Promise<WireAnswer> {
    const outline = await runInSlices(outlineOf(request.body, this.#keyNames), this.#clock);
    // Signing and sending a large body also block other requests for a while.
    await delay(this.#clock, 0);
    if (caller.account !== undefined) {
      if (outline.length === 0) throw unknownTables();
      if (namesForeignTable(outline, caller.account)) throw foreignTable();
    }
    return this.#operations.execute(new AdmittedOperation(request, caller, request.body, outline));
  }
}

const foreignTable = (): OperationRefusedError =>
  new OperationRefusedError(
    'AccessDeniedException',
    "the request names a table of another account, or is written so that it could hide one. The extension forwards only requests for tables of the function's own account: configure this client with an endpoint of DynamoDB",
  );

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
  readonly caller: Caller;
  readonly outline?: Uint8Array;

  constructor(
    request: WireRequest,
    caller: Caller,
    body: Uint8Array = request.body,
    outline: Uint8Array | undefined = undefined,
  ) {
    super(request, body);
    this.caller = caller;
    if (outline !== undefined) this.outline = outline;
  }
}
