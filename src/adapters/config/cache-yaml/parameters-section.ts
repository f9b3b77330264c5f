import * as v from 'valibot';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import type { ListedParameters } from '../../../domain/parameters/parameter-directory.ts';
import { parameterName } from '../../../domain/parameters/parameter-key.ts';
import { coherentValueSettings, listedSettings, valueName } from './cache-yaml-values.ts';
import { type ListedEntries, listedIn, listSection } from './list-section.ts';
import { type SectionValues, YamlSection } from './yaml-section.ts';

/** Settings of one entry, and defaults of all entries. */
const shared = coherentValueSettings('parameter', 'Parameter Store');

const NAME = valueName(
  'a name or ARN of a parameter, without white space, such as /shop/host or /shop/host:1',
  'Name or ARN of a parameter. A version or label may follow a name, after a colon.',
  '/shop/host',
  parameterName,
);

const PATH_RULE = 'a path such as /shop/prod';

const ENTRY_RULE = 'a mapping with either name, names or path';

const entry = v.pipe(
  v.strictObject(
    {
      name: v.exactOptional(NAME),
      names: v.exactOptional(
        v.pipe(
          v.array(NAME, 'a list of names'),
          v.nonEmpty('a list of at least one name'),
          v.description('Names or ARNs of parameters.'),
        ),
      ),
      path: v.exactOptional(
        v.pipe(
          v.string(PATH_RULE),
          v.regex(/^\/[\w.\-/]{0,2047}$/, PATH_RULE),
          v.description('Path whose parameters are cached, with those of deeper levels.'),
          v.examples(['/shop/prod']),
        ),
      ),
      ...shared,
    },
    ENTRY_RULE,
  ),
  v.check(
    ({ name, names, path }) => [name, names, path].filter((given) => given !== undefined).length === 1,
    ENTRY_RULE,
  ),
);

/** The section of the parameters of Systems Manager Parameter Store. */
export const parametersSection = new YamlSection(
  'parameters',
  listSection(
    { entry, defaults: shared, named: [['name', 'names'], ['path']] },
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
    ({ name, names = [], path, ...settings }: v.InferOutput<typeof entry>) => ({
      names: name === undefined ? names : [name],
      ...(path === undefined ? {} : { path }),
      ...listedSettings(settings, defaults),
    }),
  );
