import { CacheError } from '../../../domain/cache/errors.ts';
import { hashOf } from '../../../domain/cache/journal-page.ts';
import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';
import type { InvalidationJournal } from '../../../ports/outbound/invalidation-journal.ts';
import { readPage } from './journal-item.ts';
import { type JournalTable, REQUIRED_KEY } from './journal-table.ts';

/** The result of a command, as lines for people. */
export interface JournalFindings {
  readonly lines: readonly string[];
  /** Empty if all is well. */
  readonly problems: readonly string[];
  /** Whether the next step is to create the table. */
  readonly needsTable?: boolean;
}

export interface JournalAdminParts {
  /** Name of the table. */
  readonly name: string;
  readonly table: JournalTable;
  readonly journal: InvalidationJournal;
  /** Waits that many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
}

/** The scope of the announcement that `verify` makes. No cache reads it. */
export const VERIFIED_SCOPE = 'dynamodb-cache-extension-verify';

const POLL_MS = 1000;
const MAX_POLLS = 300;
const CALL_TIMEOUT_MS = 10_000;

/** Creates, shows and verifies the table of a journal. Failures of DynamoDB are problems in the result. */
export class JournalAdmin {
  readonly #parts: JournalAdminParts;

  constructor(parts: JournalAdminParts) {
    this.#parts = parts;
  }

  /** Creates the table if it does not exist, and waits until it can be used. */
  create(): Promise<JournalFindings> {
    const { name, table, wait } = this.#parts;
    return reported(async () => {
      const isNew = await table.create();
      let state = await table.state();
      // Right after its creation, DynamoDB may not know the table yet.
      for (let polls = 1; polls < MAX_POLLS && isNotYetActive(state?.status); polls += 1) {
        await wait(POLL_MS);
        state = await table.state();
      }
      const problems = this.#problemsOf(state);
      return problems.length > 0
        ? { lines: [], problems }
        : { lines: [`the journal table ${name} ${isNew ? 'was created' : 'exists already'}`], problems };
    });
  }

  /** Lists the pages of each scope. */
  show(): Promise<JournalFindings> {
    const { name, table } = this.#parts;
    return reported(async () => {
      // To show the journal needs no permission to describe the table.
      const state = await table.state().catch(messageOf);
      if (typeof state === 'object' && state.key !== REQUIRED_KEY) {
        return { lines: [], problems: this.#problemsOf(state) };
      }
      const { scopes, problems } = pagesIn(await table.items());
      const lines = [...scopes].flatMap(([scope, pages]) => [shownScope(scope), ...pages]);
      return { lines: scopes.size === 0 ? [`the journal table ${name} is empty`] : lines, problems };
    });
  }

  /** Checks the table with its pages, and the permissions by an announcement that no cache reads. */
  verify(): Promise<JournalFindings> {
    const { name, table, journal } = this.#parts;
    return reported(async () => {
      const lines: string[] = [];
      const state = await table.state().catch(messageOf);
      if (typeof state === 'string') {
        lines.push(`the key was not compared, which only this command needs permission for: ${state}`);
      } else {
        const problems = this.#problemsOf(state);
        if (problems.length > 0) return { lines, problems, needsTable: state === undefined };
        lines.push(`the journal table ${name} exists, and its key is ${REQUIRED_KEY}`);
      }
      const changed = [hashOf({ id: VERIFIED_SCOPE })];
      const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
      const announced = await journal.announce(
        { scope: VERIFIED_SCOPE, changed, isUnknown: false, at: Date.now() },
        signal,
      );
      const seen = await journal.check(VERIFIED_SCOPE, signal);
      const isSeen = announced.every(({ epoch, head }) =>
        seen.some((page) => page.epoch === epoch && page.head >= head),
      );
      if (!isSeen) {
        const problem = `a check of the journal table ${name} does not show an announcement that was made before it`;
        return { lines, problems: [problem] };
      }
      lines.push('an announcement was made, and a check showed it');
      const leftover = await table.deleteScope(VERIFIED_SCOPE).catch(messageOf);
      if (leftover !== undefined) {
        lines.push(`the items of this test, under ${VERIFIED_SCOPE}, stay, which does no harm: ${leftover}`);
      }
      const items = await table.items().catch(messageOf);
      if (typeof items !== 'string') return { lines, problems: pagesIn(items).problems };
      lines.push(`the pages were not read, which only journal commands need permission for: ${items}`);
      return { lines, problems: [] };
    });
  }

  #problemsOf(state: { readonly status: string; readonly key: string } | undefined): readonly string[] {
    const { name } = this.#parts;
    if (state === undefined) return [`there is no table ${name} in this region and account`];
    if (state.key !== REQUIRED_KEY) {
      return [`the key of the table ${name} is ${state.key}; required: ${REQUIRED_KEY}; use another table`];
    }
    return state.status === 'ACTIVE' || state.status === 'UPDATING'
      ? []
      : [`the table ${name} is ${state.status}; repeat this when it is ACTIVE`];
  }
}

const isNotYetActive = (status: string | undefined): boolean => status === undefined || status === 'CREATING';

/** Failures that a `CacheError` explains are problems; others are defects. */
const reported = async (run: () => Promise<JournalFindings>): Promise<JournalFindings> => {
  try {
    return await run();
  } catch (error) {
    return { lines: [], problems: [messageOf(error)] };
  }
};

const messageOf = (error: unknown): string => {
  if (!(error instanceof CacheError)) throw error;
  return error.message;
};

const scopeOf = (item: JsonObject): string => String(Object(item.table).S);

/** A line for each page by scope, and the problems of the pages that cannot be read. */
const pagesIn = (items: readonly JsonObject[]) => {
  const scopes = new Map<string, string[]>();
  const problems: string[] = [];
  for (const item of items) {
    const scope = scopeOf(item);
    const lines = scopes.get(scope) ?? [];
    scopes.set(scope, lines);
    try {
      lines.push(lineOf(item, scope));
    } catch (error) {
      problems.push(`${shownScope(scope)}: ${messageOf(error)}`);
    }
  }
  return { scopes, problems };
};

const lineOf = (item: JsonObject, scope: string): string => {
  const { pages, index, head, everything, unknown, ring } = readPage(item, scope);
  const counts = [
    `keys ${head}`,
    `everything ${everything}`,
    `unknown outcome ${unknown}`,
    `ring ${ring.length}`,
    `${itemBytes(item)} bytes`,
  ];
  return `  page ${index + 1} of ${pages}: ${counts.join(', ')}`;
};

/** On one line, and without control characters. */
const shownScope = (scope: string): string => (/^[\x20-\x7e]+$/.test(scope) ? scope : JSON.stringify(scope));

/**
 * The bytes of an item by which DynamoDB counts read and write units: names and values
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 *
 * @param item in DynamoDB's typed JSON
 */
export const itemBytes = (item: JsonObject): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + attributeBytes(value),
    0,
  );

const LIST_OR_MAP_BYTES = 3;

const attributeBytes = (attribute: unknown): number => {
  const [[type, value] = []] = isObject(attribute) ? Object.entries(attribute) : [];
  if (type === 'L' && Array.isArray(value)) {
    return sumOf(value, (element) => attributeBytes(element) + 1) + LIST_OR_MAP_BYTES;
  }
  if (type === 'M' && isObject(value)) {
    return itemBytes(value) + Object.keys(value).length + LIST_OR_MAP_BYTES;
  }
  if (Array.isArray(value)) return sumOf(value, (element) => scalarBytes(type?.[0], element));
  return scalarBytes(type, value);
};

const scalarBytes = (type: string | undefined, value: unknown): number => {
  if (typeof value !== 'string') return 1;
  if (type === 'N') return numberBytes(value);
  return Buffer.byteLength(value, type === 'B' ? 'base64' : 'utf8');
};

/** A byte for two significant digits, one more, and one for the sign of a negative number. */
const numberBytes = (text: string): number => {
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
};

const sumOf = (values: readonly unknown[], bytesOf: (value: unknown) => number): number =>
  values.reduce<number>((sum, value) => sum + bytesOf(value), 0);
