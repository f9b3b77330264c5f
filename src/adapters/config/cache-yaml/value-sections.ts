import * as v from 'valibot';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import type { ListedParameters } from '../../../domain/parameters/parameter-directory.ts';
import { parameterName } from '../../../domain/parameters/parameter-key.ts';
import type { ListedSecrets } from '../../../domain/secrets/secret-directory.ts';
import { coherentValueSettings, listedSettings, valueName } from './cache-yaml-values.ts';
import {
  type ListedEntries,
  listedIn,
  listSection,
  type SectionValues,
  YamlSection,
} from './yaml-section.ts';

/** Settings of one parameter, and defaults of all. */
const parameterSettings = coherentValueSettings('parameter', 'Parameter Store');

/** Settings of one secret, and defaults of all. */
const secretSettings = coherentValueSettings('secret', 'Secrets Manager');

const severalOf = (name: ReturnType<typeof valueName>, noun: string, description: string) =>
  v.exactOptional(
    v.pipe(
      v.array(name, `a list of ${noun}s`),
      v.nonEmpty(`a list of at least one ${noun}`),
      v.description(description),
    ),
  );

const PARAMETER_NAME = valueName(
  'a name or ARN of a parameter, without white space, * and ?, such as /shop/host or /shop/host:1',
  'Name or ARN of a parameter. A version or label may follow a name, after a colon.',
  '/shop/host',
  parameterName,
);

const PATH_RULE = 'a path such as /shop/prod';

const PARAMETER_RULE = 'a mapping with either name, names or path';

const parameterEntry = v.pipe(
  v.strictObject(
    {
      name: v.exactOptional(PARAMETER_NAME),
      names: severalOf(PARAMETER_NAME, 'name', 'Names or ARNs of parameters.'),
      path: v.exactOptional(
        v.pipe(
          v.string(PATH_RULE),
          v.regex(/^\/[\w.\-/]{0,2047}$/, PATH_RULE),
          v.description('Path whose parameters are cached, with those of deeper levels.'),
          v.examples(['/shop/prod']),
        ),
      ),
      ...parameterSettings,
    },
    PARAMETER_RULE,
  ),
  v.check(
    ({ name, names, path }) => [name, names, path].filter((given) => given !== undefined).length === 1,
    PARAMETER_RULE,
  ),
);

/** The section of the parameters of Systems Manager Parameter Store. */
export const parametersSection = new YamlSection(
  'parameters',
  listSection(
    { entry: parameterEntry, defaults: parameterSettings, named: [['name', 'names'], ['path']] },
    'parameter',
    'The parameters of Systems Manager Parameter Store to cache.',
  ),
);

/** What `cache.yaml` lists of parameters; undefined if it has no such section. */
export const listedParameters = (
  values: SectionValues,
  defaults: Lifetimes,
): ListedEntries<ListedParameters> | undefined =>
  listedIn(
    parametersSection.valueIn(values),
    ({ name, names = [], path, ...settings }: v.InferOutput<typeof parameterEntry>) => ({
      names: name === undefined ? names : [name],
      ...(path === undefined ? {} : { path }),
      ...listedSettings(settings, defaults),
    }),
  );

const SECRET_ID = valueName(
  'a name or ARN of a secret, without white space, * and ?',
  'Name or ARN of a secret.',
  'prod/db',
);

const SECRET_RULE = 'a mapping with either id or ids';

const secretEntry = v.pipe(
  v.strictObject(
    {
      id: v.exactOptional(SECRET_ID),
      ids: severalOf(SECRET_ID, 'id', 'Names or ARNs of secrets.'),
      stage: v.exactOptional(
        valueName(
          'the label of a stage, such as AWSPREVIOUS',
          'Stage of the secrets to preload. Default: the current version, which requests without a stage read.',
          'AWSPREVIOUS',
        ),
      ),
      ...secretSettings,
    },
    SECRET_RULE,
  ),
  v.check(({ id, ids }) => (id === undefined) !== (ids === undefined), SECRET_RULE),
);

/** The section of the secrets of Secrets Manager. */
export const secretsSection = new YamlSection(
  'secrets',
  listSection(
    { entry: secretEntry, defaults: secretSettings, named: [['id', 'ids']] },
    'secret',
    'The secrets of Secrets Manager to cache.',
  ),
);

/** What `cache.yaml` lists of secrets; undefined if it has no such section. */
export const listedSecrets = (
  values: SectionValues,
  defaults: Lifetimes,
): ListedEntries<ListedSecrets> | undefined =>
  listedIn(
    secretsSection.valueIn(values),
    ({ id, ids = [], stage, ...settings }: v.InferOutput<typeof secretEntry>) => ({
      ids: id === undefined ? ids : [id],
      ...(stage === undefined ? {} : { stage }),
      ...listedSettings(settings, defaults),
    }),
  );
