import { listedSecrets } from '../../adapters/config/cache-yaml/value-sections.ts';
import {
  SECRETS_MANAGER,
  SecretsManagerSource,
} from '../../adapters/secrets-manager/secrets-manager-source.ts';
import { pendingGroup, SecretDirectory } from '../../domain/secrets/secret-directory.ts';
import { secretOperations } from '../../domain/secrets/secret-operations.ts';
import { SecretAddressParser } from '../../domain/secrets/secret-queries.ts';
import { namedValues } from './named-values.ts';
import { parameters } from './parameters.module.ts';

/** Secrets of Secrets Manager. */
export const secrets = namedValues({
  name: 'secrets',
  protocol: SECRETS_MANAGER,
  messageMember: 'Message',
  listedIn: listedSecrets,
  directory: (listed, onDemandGroup) => new SecretDirectory(listed, onDemandGroup),
  source: (parts) => new SecretsManagerSource(parts),
  addresses: (directory) => new SecretAddressParser(directory),
  operations: secretOperations,
  preload: ({ ids, stage }, directory) => ({
    keys: ids.map((id) => directory.keyOf({ id, ...(stage === undefined ? {} : { stage }) })),
    everything: false,
  }),
  uncachedGroup: pendingGroup,
  // By names such as /aws/reference/secretsmanager/prod/db.
  referredToBy: parameters,
});
