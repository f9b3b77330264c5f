import { Agent } from 'node:http';
import { isObject } from '../../src/domain/json/json-object.ts';
import type { Chance } from '../support/chance.ts';
import type { Fault } from '../support/faults/faults.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';
import { exchange, type HttpAnswer } from '../support/http/exchange.ts';
import { ItemVersions } from './item-versions.ts';

/** What passed on the wire to DynamoDB. Units are those that DynamoDB reported. */
export class WireCounts {
  checks = 0;
  announcements = 0;
  trims = 0;
  itemReadUnits = 0;
  itemWriteUnits = 0;
  journalReadUnits = 0;
  journalWriteUnits = 0;
}

interface WireOptions {
  /** URL of the DynamoDB. */
  readonly backend: string;
  readonly table: string;
  readonly journal: string;
  readonly chance: Chance;
}

/** Calls of the journal that fail. */
export interface JournalFault {
  readonly name: string;
  readonly fault: Fault;
  /** `Query` or `UpdateItem`; all calls if absent. */
  readonly operation?: string;
}

/** The name of the member in a request, such as `ConsistentRead`. */
const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

/**
 * What lies between the environments and DynamoDB: it counts units, answers eventually consistent reads from a replica that
 * lags, notes announcements, and makes calls of the journal fail.
 */
export class JudgedWire {
  readonly counts = new WireCounts();
  readonly versions: ItemVersions;
  readonly #options: WireOptions;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #announcedAtMs = new Map<number, number>();
  #fault: JournalFault | undefined;
  #lastFaultAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: WireOptions) {
    this.#options = options;
    this.versions = new ItemVersions(options.chance);
  }

  /** Handles one request, in place of the proxy. */
  readonly handle: Fault = async (context) => {
    const { request, response } = context;
    const isJournal = member(request.body, 'TableName') === this.#options.journal;
    if (isJournal) this.#countCall(request);
    const fault = isJournal ? this.#faultFor(request) : undefined;
    if (fault !== undefined) {
      this.#lastFaultAtMs = performance.now();
      await fault.fault({ ...context, forward: async () => this.#completed(await this.#ask(request)) });
      return;
    }
    const lagging = isJournal ? undefined : this.#laggingAnswer(request);
    const { status, headers, bytes } = this.#completed(lagging ?? (await this.#ask(request)));
    response.writeHead(status, headers).end(bytes);
  };

  breakJournal(fault: JournalFault): void {
    this.#fault = fault;
  }

  healJournal(): void {
    if (this.#fault !== undefined) this.#lastFaultAtMs = performance.now();
    this.#fault = undefined;
  }

  /** Whether the journal holds an announcement of the key that was made since then. */
  isAnnounced(hash: number, sinceMs: number): boolean {
    return (this.#announcedAtMs.get(hash) ?? Number.NEGATIVE_INFINITY) >= sinceMs;
  }

  /** Whether calls of the journal failed since then. */
  hasFailed(sinceMs: number): boolean {
    return this.#fault !== undefined || this.#lastFaultAtMs >= sinceMs;
  }

  close(): void {
    this.#agent.destroy();
  }

  #countCall({ operation, body }: ProxiedRequest): void {
    if (operation === 'Query') this.counts.checks += 1;
    else if (isTrim(body)) this.counts.trims += 1;
    else this.counts.announcements += 1;
  }

  #faultFor({ operation }: ProxiedRequest): JournalFault | undefined {
    const fault = this.#fault;
    return fault?.operation === undefined || fault.operation === operation ? fault : undefined;
  }

  #laggingAnswer({ operation, body }: ProxiedRequest): { status: number; text: string } | undefined {
    const { table } = this.#options;
    if (operation === 'GetItem' && member(body, 'ConsistentRead') !== true) {
      this.counts.itemReadUnits += 0.5;
      const item = this.versions.lagging(member(body, 'Key'));
      return { status: 200, text: JSON.stringify(item === undefined ? {} : { Item: item }) };
    }
    const part = operation === 'BatchGetItem' ? member(member(body, 'RequestItems'), table) : undefined;
    const keys = member(part, 'Keys');
    if (!Array.isArray(keys) || member(part, 'ConsistentRead') === true) return undefined;
    this.counts.itemReadUnits += 0.5 * keys.length;
    const found = keys.map((key: unknown) => this.versions.lagging(key)).filter((item) => item !== undefined);
    return { status: 200, text: JSON.stringify({ Responses: { [table]: found }, UnprocessedKeys: {} }) };
  }

  /** Asks DynamoDB, for the consumed capacity as well, which the answer then leaves out. */
  async #ask(request: ProxiedRequest): Promise<{ status: number; text: string }> {
    const { host: _host, 'content-length': _length, ...headers } = request.headers;
    const asked = isObject(request.body) ? request.body : {};
    const body = JSON.stringify({ ...asked, ReturnConsumedCapacity: 'TOTAL' });
    const answer = await exchange(this.#options.backend, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      body,
      agent: this.#agent,
    });
    return {
      status: answer.status,
      text: answer.status === 200 ? this.#noted(request, answer) : answer.body,
    };
  }

  /** Notes what an answer says. Returns its text without the consumed capacity. */
  #noted({ operation, body }: ProxiedRequest, answer: HttpAnswer): string {
    const { ConsumedCapacity: consumed, ...rest } = JSON.parse(answer.body);
    const units = [consumed].flat().reduce((sum, one) => sum + (one?.CapacityUnits ?? 0), 0);
    const isRead = /Get|Query|Scan/.test(operation);
    if (member(body, 'TableName') !== this.#options.journal) {
      if (isRead) this.counts.itemReadUnits += units;
      else {
        this.counts.itemWriteUnits += units;
        this.versions.note(operation, body, this.#options.table);
      }
    } else if (isRead) this.counts.journalReadUnits += units;
    else {
      this.counts.journalWriteUnits += units;
      for (const hash of announcedHashes(body)) this.#announcedAtMs.set(hash, performance.now());
    }
    return JSON.stringify(rest);
  }

  #completed({ status, text }: { status: number; text: string }) {
    const bytes = Buffer.from(text);
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': String(bytes.length) };
    return { status, headers, bytes };
  }
}

const isTrim = (body: unknown): boolean => String(member(body, 'UpdateExpression')).startsWith('REMOVE');

/** The keys that an announcement names: its elements of the ring are `hash * 2 + isUnknown`. */
const announcedHashes = (body: unknown): readonly number[] => {
  const added = member(member(member(body, 'ExpressionAttributeValues'), ':added'), 'L');
  if (!Array.isArray(added)) return [];
  return added.map((element: unknown) => Math.floor(Number(member(element, 'N')) / 2));
};
