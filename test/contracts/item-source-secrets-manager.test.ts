import { SecretsManagerSource } from '../../src/adapters/secrets-manager/secrets-manager-source.ts';
import { PARAMETERS_AND_SECRETS, VALUE } from '../../src/domain/named-values/value-bodies.ts';
import { SecretDirectory } from '../../src/domain/secrets/secret-directory.ts';
import { parseSecretKey } from '../../src/domain/secrets/secret-key.ts';
import { emulatorSwitches, startSourceFixture } from '../support/aws-emulator/source-fixture.ts';
import { runItemSourceContract } from './item-source.contract.ts';

const GROUP = 'things';

runItemSourceContract({
  name: 'SecretsManagerSource',
  readsGroups: false,
  start: async () => {
    const fixture = await startSourceFixture();
    const { secrets } = fixture.aws;
    const directory = new SecretDirectory([], GROUP);
    return {
      source: new SecretsManagerSource(fixture.parts),
      clock: fixture.clock,
      contentTypes: [VALUE, PARAMETERS_AND_SECRETS],
      group: GROUP,
      keyOf: (id) => directory.keyOf({ id }),
      put: async (key, bytes) => {
        const { id } = parseSecretKey(key);
        const string = 'x'.repeat(bytes);
        const versionId = secrets.put(id, { string });
        return {
          [VALUE]: string,
          [PARAMETERS_AND_SECRETS]: `{"ARN":"${secrets.arnOf(id)}","CreatedDate":"2022-11-16T08:22:40.362Z","Name":"${id}","SecretBinary":null,"SecretString":"${string}","VersionId":"${versionId}","VersionStages":["AWSCURRENT"],"ResultMetadata":{}}`,
        };
      },
      remove: async (key) => secrets.delete(parseSecretKey(key).id),
      ...emulatorSwitches(fixture, 'secretsmanager:*'),
    };
  },
});
