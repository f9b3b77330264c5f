import { SsmSource } from '../../src/adapters/ssm/ssm-source.ts';
import { PARAMETERS_AND_SECRETS, VALUE } from '../../src/domain/named-values/value-bodies.ts';
import { ParameterDirectory } from '../../src/domain/parameters/parameter-directory.ts';
import { parseParameterKey } from '../../src/domain/parameters/parameter-key.ts';
import { emulatorSwitches, startSourceFixture } from '../support/aws-emulator/source-fixture.ts';
import { runItemSourceContract } from './item-source.contract.ts';

const GROUP = 'things';
const MAX_VALUE_BYTES = 4096;

runItemSourceContract({
  name: 'SsmSource',
  start: async () => {
    const fixture = await startSourceFixture();
    const { parameters } = fixture.aws;
    const directory = new ParameterDirectory([{ group: GROUP, names: [], path: '/things' }]);
    return {
      source: new SsmSource(directory, new Map([[GROUP, '/things']]), fixture.parts),
      clock: fixture.clock,
      contentTypes: [VALUE, PARAMETERS_AND_SECRETS],
      group: GROUP,
      keyOf: (id) => directory.keyOf({ name: `/things/${id}`, withDecryption: true }),
      put: async (key, bytes) => {
        const { name } = parseParameterKey(key);
        const value = 'x'.repeat(Math.min(bytes, MAX_VALUE_BYTES));
        const version = parameters.put(name, { value });
        return {
          [VALUE]: value,
          [PARAMETERS_AND_SECRETS]: `{"Parameter":{"ARN":"arn:aws:ssm:eu-west-1:123456789012:parameter${name}","DataType":"text","LastModifiedDate":"2022-11-16T08:22:40.362Z","Name":"${name}","Selector":null,"SourceResult":null,"Type":"String","Value":"${value}","Version":${version}},"ResultMetadata":{}}`,
        };
      },
      remove: async (key) => void parameters.delete(parseParameterKey(key).name),
      ...emulatorSwitches(fixture, 'ssm:*'),
    };
  },
});
