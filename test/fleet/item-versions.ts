import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import { isObject } from '../../src/domain/json/json-object.ts';
import type { Chance } from '../support/chance.ts';

interface ItemVersion {
  readonly version: number;
  readonly atMs: number;
}

/** How long an eventually consistent read lags at most. */
export const MAX_LAG_MS = 2_000;
const USUAL_LAG_MS = 30;
const PADDING = 'x'.repeat(300);

/** The item of a key in one version. */
export const itemOf = (id: string, version: number): AttributeMap => ({
  id: { S: id },
  version: { N: String(version) },
  padding: { S: PADDING },
});

/** The recent versions of all items, as DynamoDB acknowledged them, so that reads can lag. */
export class ItemVersions {
  readonly #chance: Chance;
  readonly #versions = new Map<string, readonly ItemVersion[]>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** The item as a replica shows it now; `undefined` if it has none. */
  lagging(key: unknown): AttributeMap | undefined {
    const id = idIn(key);
    const lagMs = this.#chance.fraction() * (this.#chance.oneIn(4) ? MAX_LAG_MS : USUAL_LAG_MS);
    const shown = this.#versions.get(id)?.findLast(({ atMs }) => atMs <= performance.now() - lagMs);
    return shown && itemOf(id, shown.version);
  }

  /** Notes what DynamoDB has written. */
  note(operation: string, body: unknown, table: string): void {
    const request: unknown = body;
    if (!isObject(request)) return;
    if (operation === 'PutItem') this.put(idIn(request.Item), versionIn(request.Item));
    else if (operation === 'UpdateItem') {
      const values = isObject(request.ExpressionAttributeValues) ? request.ExpressionAttributeValues : {};
      this.put(idIn(request.Key), numberIn(values[':version']));
    } else if (operation === 'BatchWriteItem' && isObject(request.RequestItems)) {
      const puts = request.RequestItems[table];
      for (const { PutRequest } of Array.isArray(puts) ? puts : [])
        this.put(idIn(PutRequest.Item), versionIn(PutRequest.Item));
    }
  }

  put(id: string, version: number, atMs = performance.now()): void {
    const oldest = atMs - MAX_LAG_MS;
    const versions = this.#versions.get(id) ?? [];
    const firstNeeded = Math.max(
      0,
      versions.findLastIndex((each) => each.atMs <= oldest),
    );
    this.#versions.set(id, [...versions.slice(firstNeeded), { version, atMs }]);
  }
}

const idIn = (attributes: unknown): string => {
  const id = isObject(attributes) ? attributes.id : undefined;
  return isObject(id) ? String(id.S) : '';
};

const versionIn = (attributes: unknown): number =>
  numberIn(isObject(attributes) ? attributes.version : undefined);

const numberIn = (value: unknown): number => Number(isObject(value) ? value.N : Number.NaN);
