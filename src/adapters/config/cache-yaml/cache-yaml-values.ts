import * as v from 'valibot';
import { COHERENCE_RULE, type Coherence, parseCoherence } from '../../../domain/cache/coherence.ts';
import {
  durationToMs,
  GO_BOOL_RULE,
  GO_DURATION_RULE,
  NOT_NEGATIVE_RULE,
  parseGoBool,
  parseGoDuration,
} from '../../../domain/cache/go-values.ts';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { TABLE_ARN } from '../../../domain/dynamodb/model/table-identity.ts';
import type { AssumedRole } from '../../../domain/iam/assumed-role.ts';
import { checkedName } from '../../../domain/named-values/names.ts';
import { AWS_REGION_NAME } from '../../../domain/regions/region-name.ts';
import { REGION_RULE } from '../environment/variables.ts';
import { type RoleSettings, roleOf, roleSettings } from '../role-settings.ts';

/*
 * The kinds of values in cache.yaml. Each parses text, because YAML's failsafe schema makes every scalar a string.
 * Editors use YAML's core schema, in which the same scalars may be numbers or booleans. `metadata` adds these types to the
 * JSON Schema only.
 */

const REQUEST_NAME_RULE = 'a table name of 1 to 255 characters out of a-z, A-Z, 0-9, "_", "-" and "."';

/** The name of a table in requests. It may be shorter than DynamoDB allows. */
export const requestName = (description: string, example: string) =>
  v.pipe(
    v.string(REQUEST_NAME_RULE),
    v.check((text) => !text.startsWith('arn:'), `${REQUEST_NAME_RULE}, not an ARN`),
    v.regex(/^[a-zA-Z0-9_.-]{1,255}$/, REQUEST_NAME_RULE),
    v.description(description),
    v.examples([example]),
  );

const TABLE_RULE =
  'a table name of 3 to 255 characters out of a-z, A-Z, 0-9, "_", "-" and ".", or the ARN of a table such as arn:aws:dynamodb:eu-west-1:111122223333:table/Products';

/** A table name, or the ARN of a table. */
export const tableNameOrArn = (description: string, examples: [string, string]) =>
  v.pipe(
    v.string(TABLE_RULE),
    v.regex(new RegExp(`^[a-zA-Z0-9_.-]{3,255}$|${TABLE_ARN.source}`), TABLE_RULE),
    v.description(description),
    v.examples(examples),
  );

const ATTRIBUTE_NAME_RULE = 'an attribute name of 1 to 255 bytes';

/** The name of a key attribute. */
export const attributeName = (description: string, example: string) =>
  v.pipe(
    v.string(ATTRIBUTE_NAME_RULE),
    v.nonEmpty(ATTRIBUTE_NAME_RULE),
    v.maxBytes(255, ATTRIBUTE_NAME_RULE),
    v.description(description),
    v.examples([example]),
  );

/** Nested paths have dots and brackets, which attribute names hardly ever have. */
const NO_PATH = /^[^.[]*$/;

const PATH_RULE =
  'names of whole attributes, without what follows a dot or bracket; nested paths are not supported';

const FIELDS_RULE = 'attribute names, as a list or with commas between them';

/** Attribute names as a list or as text with commas; trimmed, without duplicates. */
export const fieldNames = (description: string) =>
  v.pipe(
    v.union(
      [
        v.pipe(v.string(FIELDS_RULE), v.regex(NO_PATH, PATH_RULE)),
        v.pipe(
          v.array(v.pipe(v.string('an attribute name'), v.regex(NO_PATH, PATH_RULE))),
          v.minLength(1, FIELDS_RULE),
        ),
      ],
      FIELDS_RULE,
    ),
    v.description(description),
    v.examples(['pKey, price', ['pKey', 'price']]),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const given = typeof dataset.value === 'string' ? dataset.value.split(',') : dataset.value;
      const names = given.map((name) => name.trim());
      if (!names.includes('')) return [...new Set(names)];
      addIssue({ message: `${FIELDS_RULE}, none of them empty` });
      return NEVER;
    }),
  );

const KEY_VALUE_RULE = 'a key value, which is not empty';

/** The value of a key attribute of any type, as text. */
export const keyValue = (description: string) =>
  v.pipe(
    v.string(KEY_VALUE_RULE),
    v.nonEmpty(KEY_VALUE_RULE),
    v.description(description),
    v.metadata({ type: ['string', 'number', 'boolean'] }),
  );

/** One of several words. */
export const choice = <const Words extends readonly string[]>(
  words: Words,
  description: string,
  byDefault: Words[number],
) =>
  v.pipe(
    v.picklist(words, `one of ${words.join(', ')}`),
    v.description(description),
    v.metadata({ default: byDefault }),
  );

/** One or more numbers with units, as in `1h30m`. */
const DURATION_TERMS = '(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+';

/** A Go duration, parsed to milliseconds. `byDefault` describes the default. */
export const duration = (description: string, byDefault: string, example: string) =>
  v.pipe(
    v.string(GO_DURATION_RULE),
    v.description(`${description} A Go duration; 0s disables it. Default: ${byDefault}.`),
    v.examples([example]),
    v.metadata({
      type: ['string', 'integer'],
      pattern: `^\\+?(0|${DURATION_TERMS})$`,
      // 0 is the only number that is a duration without a unit.
      minimum: 0,
      maximum: 0,
    }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        const lengthMs = durationToMs(parseGoDuration(dataset.value));
        if (lengthMs >= 0) return lengthMs;
        addIssue({ message: NOT_NEGATIVE_RULE });
      } catch {
        addIssue({ message: GO_DURATION_RULE });
      }
      return NEVER;
    }),
  );

/** When writes of other environments are seen. */
export const coherence = (description: string) =>
  v.pipe(
    v.string(COHERENCE_RULE),
    v.description(description),
    v.examples(['invocation', '1s']),
    v.metadata({ pattern: `^(ttl|invocation|\\+?${DURATION_TERMS})$` }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parseCoherence(dataset.value);
      } catch {
        addIssue({ message: COHERENCE_RULE });
        return NEVER;
      }
    }),
  );

/** A Go boolean. */
export const yesOrNo = (description: string, byDefault: boolean) =>
  v.pipe(
    v.string(GO_BOOL_RULE),
    v.description(description),
    v.metadata({ type: 'boolean', default: byDefault }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parseGoBool(dataset.value);
      } catch {
        addIssue({ message: GO_BOOL_RULE });
        return NEVER;
      }
    }),
  );

/**
 * A name or ARN of a value that AWS keeps.
 *
 * @param parse throws an error if requests with this name would be rejected
 */
export const valueName = (
  rule: string,
  description: string,
  example: string,
  parse: (text: string) => unknown = (text) => checkedName(text, 'name'),
) =>
  v.pipe(
    v.string(rule),
    // IAM would take the last two for wildcards. No name has them.
    v.regex(/^[^\s*?]{1,2048}$/, rule),
    v.check((text) => isAccepted(parse, text), rule),
    v.description(description),
    v.examples([example]),
  );

const isAccepted = (parse: (text: string) => unknown, text: string): boolean => {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A region. */
export const regionName = (description: string, example: string) =>
  v.pipe(
    v.string(REGION_RULE),
    v.regex(AWS_REGION_NAME, REGION_RULE),
    v.description(description),
    v.examples([example]),
  );

/**
 * The settings of how long entries live. Those that are absent have the value of a variable.
 *
 * @param noun what an entry is, such as `item`
 * @param source what the entries come from, such as `DynamoDB`
 * @param ttlDefault describes the default of `ttl`
 */
export const lifetimeSettings = (noun: string, source: string, ttlDefault: string) => ({
  ttl: duration(`How long ${withArticle(noun)} is fresh.`, ttlDefault, '5m'),
  negativeTtl: duration(
    `How long a negative entry (${withArticle(noun)} that does not exist) is fresh.`,
    'the value of CACHE_EXTENSION_NEGATIVE_TTL',
    '10s',
  ),
  staleWhileRevalidate: duration(
    `How long an expired ${noun} may be served while it is refreshed in the background.`,
    'the value of CACHE_EXTENSION_STALE_WHILE_REVALIDATE',
    '30s',
  ),
  staleIfError: duration(
    `How long an expired ${noun} may be served while ${source} is temporarily failing.`,
    'the value of CACHE_EXTENSION_STALE_IF_ERROR',
    '1h',
  ),
});

/**
 * The settings that entries of parameters, secrets and configurations share; all of them optional.
 *
 * @param noun see `lifetimeSettings`, also for the other parameters
 */
export const valueSettings = (noun: string, source: string, ttlDefault: string) =>
  v.partial(
    v.object({
      region: regionName(`Region of the ${noun}s, if not the function's.`, 'us-west-2'),
      ...roleSettings,
      preload: yesOrNo(
        `Whether the ${noun}s are loaded before the first invocation, if CACHE_EXTENSION_INIT_STARTUP is true.`,
        true,
      ),
      ...lifetimeSettings(noun, source, ttlDefault),
    }),
  ).entries;

/** The settings that entries of parameters and secrets share: those of `valueSettings`, and the coherence. */
export const coherentValueSettings = (noun: string, source: string) => ({
  ...valueSettings(noun, source, '5m'),
  coherence: v.exactOptional(
    coherence(
      `When writes of ${noun}s through the endpoint of other execution environments are seen: when the lifetime of the value ends (ttl), in every invocation that begins after the write (invocation), or after at most a Go duration from 100ms to 24h. All but ttl need CACHE_EXTENSION_JOURNAL_TABLE. Default: ttl.`,
    ),
  ),
});

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** What entries of `cache.yaml` may say of lifetimes; all in milliseconds. */
export interface LifetimeSettings {
  readonly ttl?: number | undefined;
  readonly negativeTtl?: number | undefined;
  readonly staleWhileRevalidate?: number | undefined;
  readonly staleIfError?: number | undefined;
}

/** What entries of parameters, secrets and configurations may say. */
interface ValueSettings extends LifetimeSettings, RoleSettings {
  readonly region?: string | undefined;
  readonly preload?: boolean | undefined;
  readonly coherence?: Coherence | undefined;
}

/** The settings of an entry of parameters, secrets or configurations. */
export interface ListedSettings {
  /** Default: the region of the function. */
  readonly region?: string;
  /** Default: the function's own. */
  readonly role?: AssumedRole;
  readonly preload: boolean;
  readonly lifetimes: Lifetimes;
  /** Absent: `ttl`, as always for configurations. */
  readonly coherence?: Coherence;
}

/** The settings of an entry, with `defaults` for the lifetimes that it omits. */
export const listedSettings = (given: ValueSettings, defaults: Lifetimes): ListedSettings => ({
  ...(given.region === undefined ? {} : { region: given.region }),
  ...roleOf(given),
  preload: given.preload ?? true,
  lifetimes: lifetimesOf(given, defaults),
  ...(given.coherence === undefined ? {} : { coherence: given.coherence }),
});

/** How long a parameter or secret is fresh by default: as long as in AWS's extension. */
export const VALUE_TTL_MS = 300_000;

/** The lifetimes of an entry, with `defaults` for those that it omits. */
export const lifetimesOf = (given: LifetimeSettings, defaults: Lifetimes): Lifetimes => ({
  ttlMs: given.ttl ?? defaults.ttlMs,
  negativeTtlMs: given.negativeTtl ?? defaults.negativeTtlMs,
  staleWhileRevalidateMs: given.staleWhileRevalidate ?? defaults.staleWhileRevalidateMs,
  staleIfErrorMs: given.staleIfError ?? defaults.staleIfErrorMs,
});
