import { setTimeout as delay } from 'node:timers/promises';
import { CREDENTIALS, LambdaFailure } from '../../tools/lambda-emulator/index.ts';
import { signedBy } from '../support/dynamodb/wire.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';
import { itemOf } from './item-versions.ts';
import { type FleetWorld, REGION, TABLE } from './fleet-world.ts';

/** How an item is read: by its path, by `GetItem`, or with others by `BatchGetItem`. */
type ReadKind = 'path' | 'GetItem' | 'BatchGetItem';

const READS_PER_INVOCATION = 8;
/** Reads that are under way at the same time. */
const LANES = 2;
const BATCH_KEYS = 3;
/** One of so many invocations of a writer writes. */
const WRITES_ONE_IN = 4;
/** Longest pauses between two invocations, in which everything is frozen. */
const USUAL_PAUSE_MS = 120;
const LONG_PAUSE_MS = 4_000;

interface Invocation {
  /** The process that it was meant for. */
  readonly process: string;
  readonly invokedAtMs: number;
}

/** One execution environment, and the function in it, which reads and writes at random. */
export class LoadedEnvironment {
  readonly #world: FleetWorld;
  readonly #id: number;
  readonly #isWriter: boolean;
  #extension: ExtensionUnderTest | undefined;
  #processes = 1;
  #isKilled = false;
  #invocation: Invocation = { process: '', invokedAtMs: 0 };

  private constructor(world: FleetWorld, id: number) {
    this.#world = world;
    this.#id = id;
    this.#isWriter = id % 2 === 0;
  }

  static async start(world: FleetWorld, id: number): Promise<LoadedEnvironment> {
    const environment = new LoadedEnvironment(world, id);
    environment.#extension = await startExtension({
      cacheYaml: world.cacheYaml,
      endpoint: world.endpoint,
      env: world.variables,
      lambda: { handler: () => environment.#handle(environment.#invocation), region: REGION },
    });
    return environment;
  }

  /** Invokes the function until the run is over, and freezes everything in between. */
  async run(isOver: () => boolean): Promise<void> {
    const { chance } = this.#world;
    const { lambda } = this.#started;
    while (!isOver()) {
      lambda.freeze();
      await delay(chance.between(1, chance.oneIn(25) ? LONG_PAUSE_MS : USUAL_PAUSE_MS));
      const process = this.#process;
      this.#invocation = { process, invokedAtMs: performance.now() };
      try {
        const { failed, payload } = await lambda.invoke();
        this.#world.figures.invocations += 1;
        if (failed && this.#isAlive(process))
          this.#world.fail(`the function failed: ${JSON.stringify(payload)}`);
      } catch (error) {
        if (!(error instanceof LambdaFailure)) throw error;
        if (error.errorType === 'Sandbox.Timedout') this.#world.figures.timeouts += 1;
        else if (!this.#isKilled) this.#world.fail(`${process} ended: ${error.message}`);
        this.#isKilled = false;
        this.#processes += 1;
      }
    }
  }

  /** Kills the process with SIGKILL, frozen or not. The next invocation but one starts another. */
  kill(): void {
    const { entries } = this.#started.lambda.journal;
    const last = entries.findLast(({ kind }) => kind === 'extension-started' || kind === 'exit');
    // After an exit, the next process starts with the next invocation.
    if (this.#isKilled || last?.kind !== 'extension-started') return;
    this.#isKilled = true;
    this.#world.figures.kills += 1;
    process.kill(-Number(last.pid), 'SIGKILL');
  }

  /** The warnings and errors of all its processes. */
  get warnings(): readonly string[] {
    return this.#started.log.filter(({ level }) => /warn|error/i.test(level)).map(({ message }) => message);
  }

  async close(): Promise<void> {
    await this.#started.close();
  }

  get #started(): ExtensionUnderTest {
    if (this.#extension === undefined) throw new Error('the environment has not started');
    return this.#extension;
  }

  get #process(): string {
    return `environment ${this.#id}, process ${this.#processes}`;
  }

  /** Whether it is the process that runs now. */
  #isAlive(process: string): boolean {
    return !this.#isKilled && process === this.#process;
  }

  async #handle({ process, invokedAtMs }: Invocation): Promise<void> {
    const { chance } = this.#world;
    const lane = async () => {
      for (let count = 0; count < READS_PER_INVOCATION / LANES; count += 1) {
        if (!this.#isAlive(process)) return;
        await this.#read(process, invokedAtMs);
        if (this.#isWriter && chance.oneIn(WRITES_ONE_IN * READS_PER_INVOCATION)) await this.#write(process);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  async #read(process: string, invokedAtMs: number): Promise<void> {
    const { chance, judge, figures } = this.#world;
    const how = chance.pick<ReadKind>(['path', 'path', 'path', 'GetItem', 'GetItem', 'BatchGetItem']);
    const keys = [
      ...new Set(Array.from({ length: how === 'BatchGetItem' ? BATCH_KEYS : 1 }, () => this.#world.anyKey())),
    ];
    const sentAtMs = performance.now();
    const answer = await this.#ask(how, keys);
    if (!this.#isAlive(process)) return;
    if (answer?.status !== 200) {
      figures.failedReads += keys.length;
      this.#world.failures.push(`${process}: ${how}: ${answer?.status ?? 'no answer'} ${answer?.body ?? ''}`);
      return;
    }
    const cacheStatus = String(answer.headers['cache-status'] ?? '');
    if (cacheStatus.includes('; hit')) figures.hits += keys.length;
    if (cacheStatus.includes('journal-unavailable')) figures.bypasses += keys.length;
    for (const key of keys) {
      const version = versionOf(how, key, JSON.parse(answer.body));
      judge.judge({ key, version, process, invokedAtMs, sentAtMs, how: `${how} (${cacheStatus})` });
    }
  }

  /** `undefined` if there was no answer. */
  #ask(how: ReadKind, keys: readonly string[]): Promise<HttpAnswer | undefined> {
    const [key = ''] = keys;
    if (how === 'path') return this.#started.get(itemPath(TABLE, key)).catch(() => undefined);
    if (how === 'GetItem') return this.#operation(how, { TableName: TABLE, Key: { id: { S: key } } });
    return this.#operation(how, {
      RequestItems: { [TABLE]: { Keys: keys.map((id) => ({ id: { S: id } })) } },
    });
  }

  async #write(process: string): Promise<void> {
    const { chance, figures } = this.#world;
    const operation = chance.pick(['PutItem', 'PutItem', 'UpdateItem', 'BatchWriteItem'] as const);
    const writes = this.#world.reserve(operation === 'BatchWriteItem' ? 2 : 1);
    if (writes.length === 0) return;
    const begunAtMs = performance.now();
    const answer = await this.#operation(operation, requestOf(operation, writes));
    // A write without an answer may still arrive.
    if (!this.#isAlive(process) || answer?.status !== 200) {
      figures.unknownWrites += writes.length;
      this.#world.releaseLater(writes);
      return;
    }
    for (const { key, version } of writes) this.#world.acknowledge({ key, version, process }, begunAtMs);
    this.#world.release(writes);
  }

  #operation(operation: string, input: object): Promise<HttpAnswer | undefined> {
    const authorization = signedBy(CREDENTIALS.AWS_ACCESS_KEY_ID, REGION);
    return this.#started
      .request('POST', '/', {
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization,
        },
        body: JSON.stringify(input),
      })
      .catch(() => undefined);
  }
}

/** A version of a key that is about to be written. */
export interface NextVersion {
  readonly key: string;
  readonly version: number;
}

const requestOf = (operation: string, writes: readonly NextVersion[]): object => {
  const items = writes.map(({ key, version }) => itemOf(key, version));
  const [{ key, version } = { key: '', version: 0 }] = writes;
  switch (operation) {
    case 'PutItem':
      return { TableName: TABLE, Item: items[0] };
    case 'UpdateItem':
      return {
        TableName: TABLE,
        Key: { id: { S: key } },
        UpdateExpression: 'SET version = :version',
        ExpressionAttributeValues: { ':version': { N: String(version) } },
      };
    default:
      return { RequestItems: { [TABLE]: items.map((Item) => ({ PutRequest: { Item } })) } };
  }
};

/** The version that an answer shows; 0 if it has no such item. */
const versionOf = (how: ReadKind, key: string, body: Answer): number => {
  if (how === 'path') return Number(body.version ?? 0);
  if (how === 'GetItem') return Number(body.Item?.version.N ?? 0);
  return Number(body.Responses?.[TABLE]?.find(({ id }) => id.S === key)?.version.N ?? 0);
};

interface TypedItem {
  readonly id: { readonly S: string };
  readonly version: { readonly N: string };
}

interface Answer {
  readonly version?: number;
  readonly Item?: TypedItem;
  readonly Responses?: Readonly<Record<string, readonly TypedItem[]>>;
}
