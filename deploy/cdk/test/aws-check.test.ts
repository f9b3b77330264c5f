import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';
import { synthesise } from './synthesise.ts';

const STACK = 'dynamodb-cache-check-1a2b3c4d';

const PlanSchema = v.object({
  functions: v.record(
    v.string(),
    v.object({
      runtime: v.string(),
      config: v.string(),
      writes: v.optional(v.string()),
      environment: v.record(v.string(), v.string()),
    }),
  ),
});
const planFile = fileURLToPath(new URL('../../aws-check/plan.json', import.meta.url));
const { functions } = v.parse(PlanSchema, JSON.parse(readFileSync(planFile, 'utf8')));

const hasLinter = spawnSync('cfn-lint', ['--version']).status === 0;

describe('the stack of aws-check, synthesised by `cdk synth` without a network', () => {
  let template: Template;
  let file: string;

  beforeAll(() => {
    const world = new CacheStack();
    const app = ['--app', 'node aws-check/app.mjs', '--context', `stackName=${STACK}`];
    const text = synthesise(world, ...app);
    file = join(world.folder, 'template.json');
    writeFileSync(file, text);
    template = Template.fromString(text);
  });

  it.each(Object.entries(functions))('gives %s the layer of its runtime and its variables', (id, planned) => {
    const { layers, environment } = new DeployedFunction(template, id);
    const layer = planned.runtime.startsWith('nodejs') ? 'node' : 'standalone-x86_64';

    expect(layers).toMatchObject([
      { Description: `dynamodb-cache-extension, ${layer}` },
      ...(planned.config === 'ports' ? [] : [{ Description: 'cache.yaml of dynamodb-cache-extension' }]),
    ]);
    expect(environment).toMatchObject(planned.environment);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: `${STACK}-${id}`,
      Runtime: planned.runtime,
      Handler: 'probe.handler',
    });
  });

  it('lets only the functions write that are planned to', () => {
    const writers = Object.keys(functions).filter((id) =>
      new DeployedFunction(template, id).statements.some(({ Action }) =>
        [Action].flat().includes('dynamodb:PutItem'),
      ),
    );

    const planned = Object.entries(functions).filter(([, { writes }]) => writes !== undefined);
    expect(writers).toEqual(planned.map(([id]) => id));
    expect(writers).not.toEqual([]);
  });

  it('lets a function read all resources of the account only where AWS has no smaller permission', () => {
    const wide = Object.keys(functions).flatMap((id) =>
      new DeployedFunction(template, id).statements.filter(({ Resource }) => Resource === '*'),
    );

    expect(wide.map(({ Action }) => Action)).toEqual(['secretsmanager:BatchGetSecretValue']);
  });

  it('lets the function with the ports of AWS read with the permissions of the extensions of AWS only', () => {
    const { statements, environment } = new DeployedFunction(template, 'Ports');
    const actions = statements.flatMap(({ Action }) => Action);

    expect(actions).toEqual([
      'ssm:GetParameter',
      'secretsmanager:GetSecretValue',
      'appconfig:StartConfigurationSession',
      'appconfig:GetLatestConfiguration',
    ]);
    expect(environment).toMatchObject({ CHECK_PARAMETER: `/${STACK}/parameter`, CHECK_APPLICATION: STACK });
    expect(environment).not.toHaveProperty('CACHE_EXTENSION_CONFIG');
  });

  it('publishes a version of the function with SnapStart under the alias that is invoked', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: `${STACK}-SnapStart`,
      SnapStart: { ApplyOn: 'PublishedVersions' },
    });
    template.hasResourceProperties('AWS::Lambda::Alias', { Name: 'live' });
  });

  it('keeps nothing when it is deleted', () => {
    const policies = Object.values(template.toJSON().Resources).map(
      (resource) => v.parse(v.object({ DeletionPolicy: v.optional(v.string()) }), resource).DeletionPolicy,
    );

    expect(policies).not.toContain('Retain');
    expect(policies).not.toContain('RetainExceptOnCreate');
    template.resourceCountIs('AWS::Logs::LogGroup', Object.keys(functions).length);
  });

  it('tags what can have tags with the name of the stack', () => {
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      Tags: [{ Key: 'dynamodb-cache-check', Value: STACK }],
    });
  });

  (hasLinter ? it : it.skip)('passes cfn-lint', () => {
    // The warnings are about the output of the CDK itself.
    const args = ['--ignore-checks', 'W', '--template', file];
    const { status, stdout } = spawnSync('cfn-lint', args, { encoding: 'utf8' });

    expect([status, stdout]).toEqual([0, '']);
  });
});
