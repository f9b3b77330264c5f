import * as v from 'valibot';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import type { ListedSecrets } from '../../../domain/secrets/secret-directory.ts';
import { coherentValueSettings, listedSettings, valueName } from './cache-yaml-values.ts';
import { type ListedEntries, listedIn, listSection } from './list-section.ts';
import { type SectionValues, YamlSection } from './yaml-section.ts';

/** Settings of one entry, and defaults of all entries. */
const shared = coherentValueSettings('secret', 'Secrets Manager');

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
): ListedEntries<ListedSecrets> | undefined =>
  listedIn(
    secretsSection.valueIn(values),
    ({ id, ids = [], stage, ...settings }: v.InferOutput<typeof entry>) => ({
      ids: id === undefined ? ids : [id],
      ...(stage === undefined ? {} : { stage }),
      ...listedSettings(settings, defaults),
    }),
  );
