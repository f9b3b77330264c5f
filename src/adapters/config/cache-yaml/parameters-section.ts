import * as v from 'valibot';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import type { ListedParameters } from '../../../domain/parameters/parameter-directory.ts';
import { parameterName } from '../../../domain/parameters/parameter-key.ts';
import { lifetimeSettings, lifetimesOf, regionName, valueName, yesOrNo } from './cache-yaml-values.ts';
import { listSection, sectionEntries } from './list-section.ts';
import { type SectionValues, YamlSection } from './yaml-section.ts';

/** Settings of one entry, and defaults of all entries. */
const { entries: shared } = v.partial(
  v.object({
    region: regionName("Region of the parameters, if not the function's.", 'us-west-2'),
    preload: yesOrNo(
      'Whether the parameters are loaded before the first invocation, if CACHE_EXTENSION_INIT_STARTUP is true.',
      true,
    ),
    ...lifetimeSettings('parameter', 'Parameter Store', '5m'),
  }),
);

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
): { readonly listed: readonly ListedParameters[]; readonly onDemand: boolean } | undefined => {
  const section = parametersSection.valueIn(values);
  if (section === undefined) return undefined;
  const { entries, onDemand } = sectionEntries(section);
  const listed = entries.map(({ name, names = [], path, region, preload = true, ...lifetimes }) => ({
    names: name === undefined ? names : [name],
    ...(path === undefined ? {} : { path }),
    ...(region === undefined ? {} : { region }),
    preload,
    lifetimes: lifetimesOf(lifetimes, defaults),
  }));
  return { listed, onDemand };
};
