import { nearestName } from 'dynamodb-cache-extension/adapters/config';
import { SETTING_KINDS } from './cache-settings.ts';
import { LAYER_NAMES } from './layer-name.ts';
import { describeValue, isObject, NUMBER, type ValueKind } from './value-kind.ts';

type Check = (path: string, value: unknown) => readonly string[];

/**
 * Checks the properties of the construct. TypeScript rejects most wrong values at compile time; JavaScript does not.
 *
 * @throws {Error} lists all problems, each with the property's name and the allowed values
 */
export const checkProps = (props: unknown): void =>
  check(props, servesPortsOfAws(props) ? WITHOUT_FILE : PROPS);

/**
 * Checks the properties of the construct that announces the changes of a table, likewise.
 *
 * @throws {Error} lists all problems, each with the property's name and the allowed values
 */
export const checkAnnouncerProps = (props: unknown): void => check(props, ANNOUNCER_PROPS);

/**
 * Checks the properties of the construct of the dashboard and the alarms, likewise.
 *
 * @throws {Error} lists all problems, each with the property's name and the allowed values
 */
export const checkMonitoringProps = (props: unknown): void => check(props, MONITORING_PROPS);

const check = (props: unknown, checks: Readonly<Record<string, Check>>): void => {
  const problems = isObject(props)
    ? checkMembers('', props, checks)
    : wrongValue('props', 'an object', props);
  if (problems.length > 0) throw new Error(problems.join('\n'));
};

const wrongValue = (path: string, takes: string, value: unknown): readonly string[] => [
  `${path}: takes ${takes}; given ${describeValue(value)}`,
];

/** An undefined property counts as omitted, unless its name is unknown. */
const checkMembers = (
  path: string,
  members: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
): readonly string[] => {
  const known = Object.keys(checks);
  const unknown = Object.keys(members)
    .filter((name) => !known.includes(name))
    .map((name) => `${path}${name}: unknown property; ${suggestion(name, known)}`);
  const wrong = Object.entries(checks).flatMap(([name, check]) => check(path + name, members[name]));
  return [...unknown, ...wrong];
};

const suggestion = (name: string, known: readonly string[]): string => {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `allowed: ${known.join(', ')}` : `did you mean ${nearest}?`;
};

const optional =
  (check: Check): Check =>
  (path, value) =>
    value === undefined ? [] : check(path, value);

const setting = ({ takes, isSecret, write }: ValueKind): Check =>
  optional((path, value) => {
    if (write(value) !== undefined) return [];
    return isSecret ? [`${path}: takes ${takes}; given another type`] : wrongValue(path, takes, value);
  });

const typed =
  (type: 'string' | 'boolean', takes: string): Check =>
  (path, value) =>
    typeof value === type ? [] : wrongValue(path, takes, value);

const membersOf = (takes: string, checks: Readonly<Record<string, Check>>): Check =>
  optional((path, value) =>
    isObject(value) && !Array.isArray(value)
      ? checkMembers(`${path}.`, value, checks)
      : wrongValue(path, takes, value),
  );

const SETTINGS: Readonly<Record<string, Check>> = Object.fromEntries(
  Object.entries(SETTING_KINDS).map(([name, kind]) => [name, setting(kind)]),
);

const isLayerVersion: Check = (path, value) =>
  isObject(value) && 'layerVersionArn' in value ? [] : wrongValue(path, 'a layer version', value);

const layerVersions = membersOf(
  'a folder, or an object of layer versions',
  Object.fromEntries(LAYER_NAMES.map((name) => [name, optional(isLayerVersion)])),
);

const isTable: Check = (path, value) =>
  isObject(value) && 'tableName' in value ? [] : wrongValue(path, 'a table', value);

const isJournal: Check = (path, value) =>
  typeof value === 'boolean' || isTable(path, value).length === 0
    ? []
    : wrongValue(path, 'true or false, or a table', value);

const PROPS: Readonly<Record<string, Check>> = {
  config: typed('string', 'the path of a cache.yaml, which only settings.compatibility makes optional'),
  configInCode: optional(typed('boolean', 'true or false')),
  variables: optional((path, value) =>
    isObject(value) && Object.values(value).every((given) => typeof given === 'string' && given !== '')
      ? []
      : [`${path}: takes an object of texts that are not empty`],
  ),
  settings: membersOf('an object', SETTINGS),
  journal: optional(isJournal),
  layers: (path, value) => (typeof value === 'string' ? [] : layerVersions(path, value)),
};

/** The ports of AWS's extensions need no file. */
const WITHOUT_FILE: Readonly<Record<string, Check>> = {
  ...PROPS,
  config: optional(typed('string', 'the path of a cache.yaml')),
};

const servesPortsOfAws = (props: unknown): boolean =>
  isObject(props) &&
  isObject(props.settings) &&
  typeof props.settings.compatibility === 'string' &&
  props.settings.compatibility !== '';

const isKeyName = typed('string', 'the name of a key attribute');

const ANNOUNCER_PROPS: Readonly<Record<string, Check>> = {
  table: isTable,
  hashKey: isKeyName,
  sortKey: optional(isKeyName),
  journal: isTable,
  journalPages: optional(setting(NUMBER)),
  retryAttempts: optional(setting(NUMBER)),
  onFailure: optional((path, value) =>
    isObject(value) && 'bind' in value ? [] : wrongValue(path, 'a destination such as SqsDlq', value),
  ),
};

const MONITORING_PROPS: Readonly<Record<string, Check>> = {
  functionName: typed('string', 'the name of a function'),
  alarmTopicArns: optional((path, value) =>
    Array.isArray(value) && value.every((arn) => typeof arn === 'string')
      ? []
      : wrongValue(path, 'a list of ARNs', value),
  ),
  readMilliseconds: optional(setting(NUMBER)),
  minHitPercent: optional(setting(NUMBER)),
  logGroupName: optional(typed('string', 'the name of a log group')),
};
