import * as v from 'valibot';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import type { ListedSecrets } from '../../../domain/secrets/secret-directory.ts';
import { lifetimeSettings, lifetimesOf, regionName, valueName, yesOrNo } from './cache-yaml-values.ts';
import { listSection, sectionEntries } from './list-section.ts';
import { type SectionValues, YamlSection } from './yaml-section.ts';

/** Settings of one entry, and defaults of all entries. */
const { entries: shared } = v.partial(
  v.object({
    region: regionName("Region of the secrets, if not the function's.", 'us-west-2'),
    preload: yesOrNo(
      'Whether the secrets are loaded before the first invocation, if CACHE_EXTENSION_INIT_STARTUP is true.',
      true,
    ),
    ...lifetimeSettings('secret', 'Secrets Manager', '5m'),
  }),
);

const ID = valueName('a name or ARN of a secret, without white space', 'Name or ARN of a secret.', 'prod/db');

const ENTRY_RULE = 'a mapping with either id or ids';

const entry = v.pipe(
  v.strictObject(
    {
      id: v.exactOptional(ID),
      ids: v.exactOptional(
        v.pipe(
          v.array(ID, 'a list of ids'),
          v.nonEmpty('a list of at least one id'),
          v.description('Names or ARNs of secrets.'),
        ),
      ),
      stage: v.exactOptional(
        valueName(
          'the label of a stage, such as AWSPREVIOUS',
          'Stage of the secrets to preload. Default: the current version, which requests without a stage read.',
          'AWSPREVIOUS',
        ),
      ),
      ...shared,
    },
    ENTRY_RULE,
  ),
  v.check(({ id, ids }) => (id === undefined) !== (ids === undefined), ENTRY_RULE),
);

/** The section of the secrets of Secrets Manager. */
export const secretsSection = new YamlSection(
  'secrets',
  listSection(
    { entry, defaults: shared, named: [['id', 'ids']] },
    'secret',
    'The secrets of Secrets Manager to cache.',
  ),
);

/** What `cache.yaml` lists of secrets; undefined if it has no such section. */
export const listedSecrets = (
  values: SectionValues,
  defaults: Lifetimes,
): { readonly listed: readonly ListedSecrets[]; readonly onDemand: boolean } | undefined => {
  const section = secretsSection.valueIn(values);
  if (section === undefined) return undefined;
  const { entries, onDemand } = sectionEntries(section);
  const listed = entries.map(({ id, ids = [], stage, region, preload = true, ...lifetimes }) => ({
    ids: id === undefined ? ids : [id],
    ...(stage === undefined ? {} : { stage }),
    ...(region === undefined ? {} : { region }),
    preload,
    lifetimes: lifetimesOf(lifetimes, defaults),
  }));
  return { listed, onDemand };
};
