import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { snippetsOf } from '../support/docs/markdown.ts';
import { readTemplate } from './cloudformation-yaml.ts';

const isInstalled = (...command: readonly [string, ...string[]]) =>
  spawnSync(command[0], command.slice(1)).status === 0;

const shown = snippetsOf('docs/deploy.md').find(({ code }) => code.startsWith('Transform: AWS::Serverless'));

/** Prints the template as CloudFormation gets it from SAM. */
const TRANSFORM = `
import json, sys
from samtranslator.translator.transform import transform

class NoPolicies:
    def load(self):
        return {}

template, parameters = json.load(sys.stdin)
print(json.dumps(transform(template, parameters, NoPolicies())))
`;

type Properties = Record<string, unknown>;

interface Sam {
  readonly Transform: string;
  readonly Parameters?: object;
  readonly Resources: Record<'Reader' | 'NodeLayer' | 'Pilot', { readonly Properties: Properties }>;
}

/** The template of the page after `aws cloudformation package`. */
const packaged = (
  change: (properties: Record<keyof Sam['Resources'], Properties>) => void = () => {},
): Sam => {
  const template = structuredClone(readTemplate(shown?.code ?? '')) as unknown as Sam;
  const { Reader, NodeLayer, Pilot } = template.Resources;
  Reader.Properties.CodeUri = 's3://bucket/code';
  NodeLayer.Properties.ContentUri = 's3://bucket/zip';
  change({ Reader: Reader.Properties, NodeLayer: NodeLayer.Properties, Pilot: Pilot.Properties });
  return template;
};

const transformed = (template: Sam, parameters: Properties = {}) => {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', TRANSFORM], {
    input: JSON.stringify([template, parameters]),
    encoding: 'utf8',
    env: { ...process.env, AWS_DEFAULT_REGION: 'eu-west-1' },
  });
  if (status !== 0) throw new Error(stderr);
  const resources: Record<string, { readonly Type: string; readonly Properties: unknown }> =
    JSON.parse(stdout).Resources;
  const [version] = Object.entries(resources).flatMap(([name, { Type }]) =>
    Type === 'AWS::Lambda::Version' ? [name] : [],
  );
  return { resources, version };
};

const withNewZip = ({ NodeLayer }: { readonly NodeLayer: Properties }) => {
  NodeLayer.ContentUri = 's3://bucket/another-zip';
};

const withLayer =
  (layer: unknown) =>
  ({ Reader }: { readonly Reader: Properties }) => {
    Reader.Layers = [layer];
  };

(isInstalled('python3', '-c', 'import samtranslator') ? describe : describe.skip)(
  'the canary with SAM in docs/deploy.md',
  () => {
    it('publishes a version if the zip of the layer is another one', () => {
      expect(transformed(packaged(withNewZip)).version).not.toBe(transformed(packaged()).version);
    });

    it('does not without PublishLambdaVersion', () => {
      const without = ({ NodeLayer }: { readonly NodeLayer: Properties }) => {
        delete NodeLayer.PublishLambdaVersion;
      };
      const changed = packaged((properties) => {
        withNewZip(properties);
        without(properties);
      });

      expect(transformed(changed).version).toBe(transformed(packaged(without)).version);
    });

    it('publishes a version if the layer has another ARN, but not without AutoPublishAliasAllProperties', () => {
      const versions = [true, false].map((all) =>
        ['layer:7', 'layer:8'].map(
          (layer) =>
            transformed(
              packaged((properties) => {
                withLayer(layer)(properties);
                properties.Reader.AutoPublishAliasAllProperties = all;
              }),
            ).version,
        ),
      );

      expect(versions.map(([before, after]) => before === after)).toEqual([false, true]);
    });

    it('publishes no version if only the value of a parameter is another one', () => {
      const template = {
        ...packaged(withLayer({ Ref: 'Layer' })),
        Parameters: { Layer: { Type: 'String' } },
      };
      const versions = ['layer:7', 'layer:8'].map((Layer) => transformed(template, { Layer }).version);

      expect(versions[1]).toBe(versions[0]);
    });

    it('gives the alias for the pilot the version that it publishes, and shifts the traffic of live', () => {
      const { resources, version } = transformed(packaged());

      expect(resources.Pilot?.Properties).toMatchObject({
        FunctionVersion: '8',
        RoutingConfig: {
          AdditionalVersionWeights: [
            { FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] }, FunctionWeight: 0.5 },
          ],
        },
      });
      expect(resources.ReaderAliaslive).toMatchObject({
        Properties: { FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] } },
        UpdatePolicy: { CodeDeployLambdaAliasUpdate: {} },
      });
      expect(JSON.stringify(resources.ReaderDeploymentGroup)).toContain('Canary10Percent15Minutes');
    });
  },
);

(isInstalled('cfn-lint', '--version') ? it : it.skip)(
  'cfn-lint finds nothing in the canary with SAM in docs/deploy.md',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sam-canary-test-'));
    try {
      const path = join(folder, 'template.yaml');
      writeFileSync(path, shown?.code ?? '');
      const { status, stdout } = spawnSync('cfn-lint', [path], { encoding: 'utf8' });

      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  120_000,
);
