import type { JsonObject } from '../json/wire-json.ts';
import type { ConfiguredTable, ConfiguredTables, RequestPlace } from '../model/configured-tables.ts';
import { capacityReport, isRelaxed } from './get-item-request.ts';

/** The table of a `Query` whose answer may be remembered; `undefined` if it may not. */
export const queriedTable = (
  request: JsonObject,
  tables: ConfiguredTables,
  place: RequestPlace,
): ConfiguredTable | undefined => {
  if (!isRelaxed(request) || capacityReport(request) !== 'NONE') return undefined;
  const table = tables.at(request.TableName, place);
  return (table?.spec.queryTtlMs ?? 0) > 0 && table?.spec.isObserved !== true ? table : undefined;
};
