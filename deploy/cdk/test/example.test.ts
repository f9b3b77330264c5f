import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { checkCacheYaml, policyFor } from 'dynamodb-cache-extension/policy';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction, type Statement } from './deployed-function.ts';
import { synthesise } from './synthesise.ts';

const home = fileURLToPath(new URL('..', import.meta.url));
const cacheYaml = readFileSync(join(home, '../sam/functions/cache.yaml'), 'utf8');

describe('the example, synthesised by `cdk synth` without a network', () => {
  let template: Template;

  beforeAll(() => {
    template = Template.fromString(synthesise(new CacheStack()));
  });

  it.each(['NodeFunction', 'PythonFunction'])('allows %s exactly what cache.yaml takes', (id) => {
    const { statements, environment } = new DeployedFunction(template, id);
    const settings = Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[0] !== 'TABLE' && typeof entry[1] === 'string',
    );
    const { tables, preloads } = checkCacheYaml(cacheYaml, { environment: Object.fromEntries(settings) });
    const scope = {
      partition: '{AWS::Partition}',
      region: '{AWS::Region}',
      account: '{AWS::AccountId}',
      preloads,
    };
    const allowed = policyFor(tables, scope).Statement.map(({ Action, Resource }) => [
      ...Action,
      ...Resource,
    ]);

    expect(preloads).toBe(true);
    expect(statements.map(actionAndArn)).toEqual(allowed);
  });

  it('gives each function the layer that fits it', () => {
    const layers = ['NodeFunction', 'PythonFunction'].map(
      (id) => new DeployedFunction(template, id).layers[0],
    );

    expect(layers).toMatchObject([
      { Description: 'dynamodb-cache-extension, node' },
      { Description: 'dynamodb-cache-extension, standalone-arm64' },
    ]);
  });

  it('makes the table that cache.yaml names', () => {
    const [table] = checkCacheYaml(cacheYaml).tables;

    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: table?.table,
      KeySchema: [
        { AttributeName: table?.hashKey.name, KeyType: 'HASH' },
        { AttributeName: table?.sortKey?.name, KeyType: 'RANGE' },
      ],
    });
  });
});

/** The action, and the ARN with its references in curly brackets. */
const actionAndArn = ({ Action, Resource }: Statement): readonly string[] => {
  const arn = JSON.stringify(Resource).replaceAll(/\{"Ref":"(AWS::\w+)"\}/g, '"{$1}"');
  const {
    'Fn::Join': [, parts],
  } = JSON.parse(arn);
  return [Action, parts.join('')];
};
