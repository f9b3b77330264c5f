import type { AttributeMap, AttributeValue } from './attribute-value.ts';

/** Whether two items are equal, in whatever order their attributes and the members of their sets stand. */
export const isSameItem = (left: AttributeMap | undefined, right: AttributeMap | undefined): boolean =>
  left === undefined || right === undefined ? left === right : ordered(left) === ordered(right);

const ordered = (item: AttributeMap): string => {
  const members = Object.entries(item).map(([name, value]) => JSON.stringify([name, orderedValue(value)]));
  return JSON.stringify(members.sort());
};

const orderedValue = (value: AttributeValue): unknown => {
  if ('M' in value) return { M: ordered(value.M) };
  if ('L' in value) return { L: value.L.map(orderedValue) };
  if ('SS' in value) return { SS: [...value.SS].sort() };
  if ('NS' in value) return { NS: [...value.NS].sort() };
  if ('BS' in value) return { BS: [...value.BS].sort() };
  return value;
};
