import type { Body, EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceRefusedError, SourceUnavailableError, TransientError } from '../../domain/cache/errors.ts';
import { type AssumedRole, assumedRoleId } from '../../domain/iam/assumed-role.ts';
import { UnreadableValueError } from '../../domain/named-values/aws-answer.ts';
import type { ValueBatch } from '../../domain/named-values/key-batch.ts';
import { arnRegion } from '../../domain/named-values/names.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { BatchAnswer, ItemSource, ReadOptions, SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { ServiceLabel } from './http-client/transport-error.ts';
import { type JsonCall, JsonService, type JsonServiceParts } from './json-service.ts';
import { ServiceError, serviceFailure, unusableResponse } from './service-errors.ts';

/** How a service is asked for values that have names, such as parameters. */
export interface ValueProtocol extends Pick<JsonServiceParts, 'protocol'> {
  readonly label: Required<ServiceLabel>;
  /** What messages call a value, such as `parameter`. */
  readonly noun: string;
  /** The prefix of permissions, such as `ssm`. */
  readonly permissionPrefix: string;
  /** Explanations of refusals, by error name. */
  readonly hints: ReadonlyMap<string, string>;
  /** Names of errors that mean that the value does not exist. */
  readonly absences: ReadonlySet<string>;
  readonly one: ValueReads<EntryKey, readonly Body[]>;
  readonly many: ValueReads<readonly EntryKey[], ValueBatch>;
  /** Selects the keys of one call of several. */
  readonly select: (keys: readonly EntryKey[]) => readonly EntryKey[];
  readonly batchLimit: number;
  /** The name or ARN in a key. */
  readonly nameOf: (key: EntryKey) => string;
}

/** An operation that reads one value or several. */
interface ValueReads<Asked, Answer> {
  readonly operation: string;
  readonly input: (asked: Asked) => unknown;
  /** @throws {UnreadableValueError} */
  readonly read: (response: Uint8Array, asked: Asked, contentTypes: readonly string[]) => Answer;
}

export interface ValueSourceParts extends Omit<JsonServiceParts, 'label' | 'protocol'> {
  /** The region of each group whose values are not in the region of the function. */
  readonly regions: ReadonlyMap<string, string>;
  /** The role of each group whose values are read as another identity than the function's. */
  readonly roles?: ReadonlyMap<string, AssumedRole>;
  readonly logger: Logger;
}

/**
 * Reads values that have names, one by one or several with one call. A role may have no permission for the call that reads
 * several, which AWS's own extensions do not use: then this source says so once, and reads each value by itself.
 */
export class ValueSource implements ItemSource {
  readonly hasConsistentReads = false;
  readonly #protocol: ValueProtocol;
  readonly #service: JsonService;
  readonly #region: string | undefined;
  readonly #regions: ReadonlyMap<string, string>;
  readonly #roles: ReadonlyMap<string, AssumedRole>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** The roles that may not read several values at once; undefined is the function's own. */
  readonly #readSinglyBy = new Set<string | undefined>();

  constructor(protocol: ValueProtocol, { regions, roles = new Map(), logger, ...parts }: ValueSourceParts) {
    this.#protocol = protocol;
    this.#service = new JsonService({ ...parts, label: protocol.label, protocol: protocol.protocol });
    this.#region = parts.region;
    this.#regions = regions;
    this.#roles = roles;
    this.#clock = parts.clock;
    this.#logger = logger;
  }

  get batchLimit(): number {
    return this.#readSinglyBy.has(undefined) ? 1 : this.#protocol.batchLimit;
  }

  async read(key: EntryKey, { contentTypes, signal }: ReadOptions): Promise<SourceAnswer> {
    const { one, absences } = this.#protocol;
    const askedAt = this.#clock.now();
    const call = { ...this.#callerOf(key), operation: one.operation, input: one.input(key) };
    try {
      const bodies = await this.ask(call, signal, (response) => one.read(response, key, contentTypes));
      return { key, askedAt, bodies };
    } catch (error) {
      if (error instanceof SourceRefusedError && isNamed(error.cause, absences))
        return { key, askedAt, bodies: [] };
      throw this.#isForeign(key) ? ofForeignRegion(error) : error;
    }
  }

  /** Makes one call. Keys that it could not read together are omitted, so that each gets a call of its own. */
  async readMany(keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer> {
    const [first] = keys;
    if (first === undefined) return { answers: [], unprocessed: [] };
    const readsSingly = keys.length === 1 || this.#readSinglyBy.has(idOf(this.#roles.get(first.group)));
    const asked = readsSingly ? [] : this.#protocol.select(keys);
    if (asked.length === 0) return this.#readFirst(first, keys, options);
    return { answers: await this.#readTogether(asked, options), unprocessed: [] };
  }

  dropConnections(): void {
    this.#service.dropConnections();
  }

  /**
   * Makes a call and reads its response. An unreadable response may belong to another request, so its connection is closed.
   *
   * @throws {CacheError} by rejection
   */
  async ask<Answer>(
    call: JsonCall,
    signal: AbortSignal,
    read: (response: Uint8Array) => Answer,
  ): Promise<Answer> {
    const { noun, label, hints, permissionPrefix } = this.#protocol;
    const subject = `${call.operation} of a ${noun}`;
    let discard: (() => void) | undefined;
    try {
      const response = await this.#service.send(call, call.region, signal, (given) => {
        discard = given;
      });
      return read(response);
    } catch (error) {
      if (error instanceof UnreadableValueError) {
        discard?.();
        throw unusableResponse(subject, error);
      }
      // AWS answers a denied decryption with the same error.
      const permission = `${permissionPrefix}:${call.operation} on the ${noun}, and kms:Decrypt if a customer managed key encrypts it`;
      throw serviceFailure(error, {
        service: label.name,
        subject,
        permission,
        hints,
        role: call.role,
        signal,
      });
    }
  }

  /**
   * The answers to one call for keys that `select` selected; none if it is refused, perhaps because of one key, or if their
   * region, which is not that of the group, cannot be reached.
   */
  async #readTogether(keys: readonly EntryKey[], options: ReadOptions): Promise<readonly SourceAnswer[]> {
    const { many } = this.#protocol;
    const askedAt = this.#clock.now();
    // All have the same region and role.
    const [caller] = keys.map((key) => this.#callerOf(key));
    const call = { ...caller, operation: many.operation, input: many.input(keys) };
    try {
      const { answers } = await this.ask(call, options.signal, (response) =>
        many.read(response, keys, options.contentTypes),
      );
      return answers.map((answer) => ({ ...answer, askedAt }));
    } catch (error) {
      if (error instanceof SourceRefusedError) {
        if (isNamed(error.cause, ACCESS_DENIED)) this.#denied(error, caller?.role);
        return [];
      }
      if (keys.some((key) => this.#isForeign(key)) && ofForeignRegion(error) !== error) return [];
      throw error;
    }
  }

  /** Reads the first key, and omits the others. Its failure says nothing of them, unless the service did not respond. */
  async #readFirst(key: EntryKey, keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer> {
    try {
      return { answers: [await this.read(key, options)], unprocessed: [] };
    } catch (error) {
      if (error instanceof SourceRefusedError)
        return { answers: [], unprocessed: [], refused: [{ key, error }] };
      if (keys.length > 1 && error instanceof TransientError && !error.lostContact)
        return { answers: [], unprocessed: [key] };
      throw error;
    }
  }

  #denied(error: SourceRefusedError, role: AssumedRole | undefined): void {
    if (this.#readSinglyBy.has(idOf(role))) return;
    this.#readSinglyBy.add(idOf(role));
    this.#logger.warn(`${error.message}; from now on, each ${this.#protocol.noun} is read by itself`);
  }

  #isForeign(key: EntryKey): boolean {
    const region = arnRegion(this.#protocol.nameOf(key));
    return region !== undefined && region !== (this.#regions.get(key.group) ?? this.#region);
  }

  /** An ARN names its region. */
  #callerOf(key: EntryKey): Pick<JsonCall, 'region' | 'role'> {
    const region = arnRegion(this.#protocol.nameOf(key)) ?? this.#regions.get(key.group);
    return { region, role: this.#roles.get(key.group) };
  }
}

const idOf = (role: AssumedRole | undefined): string | undefined => role && assumedRoleId(role);

const ACCESS_DENIED: ReadonlySet<string> = new Set(['AccessDeniedException']);

const isNamed = (error: unknown, names: ReadonlySet<string>): boolean =>
  error instanceof ServiceError && names.has(error.name);

/** A lost connection to another region says nothing of the region of the group, so that it must not open its circuit. */
const ofForeignRegion = (error: unknown): unknown =>
  error instanceof TransientError && error.lostContact
    ? new SourceUnavailableError(error.message, { cause: error })
    : error;
