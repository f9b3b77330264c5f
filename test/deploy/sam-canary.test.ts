import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { snippetsOf } from '../support/docs/markdown.ts';
import { readTemplate } from './cloudformation-yaml.ts';

const isInstalled = (...command: readonly [string, ...string[]]) =>
  spawnSync(command[0], command.slice(1)).status === 0;

const shown = snippetsOf('docs/deploy.md').find(({ code }) => code.startsWith('Transform: AWS::Serverless'));

/** Prints each template as CloudFormation gets it from SAM, line by line: to load SAM takes a second. */
const TRANSFORM = `
import json, sys
from samtranslator.translator.transform import transform

class NoPolicies:
    def load(self):
        return {}

for line in sys.stdin:
    template, parameters = json.loads(line)
    print(json.dumps(transform(template, parameters, NoPolicies())), flush=True)
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

let python: ChildProcessByStdio<Writable, Readable, null>;
let answers: AsyncIterator<string>;

const transformed = async (template: Sam, parameters: Properties = {}) => {
  python.stdin.write(`${JSON.stringify([template, parameters])}\n`);
  const { value, done } = await answers.next();
  if (done === true) throw new Error('SAM ended; its error is on standard error');
  const resources: Record<string, { readonly Type: string; readonly Properties: unknown }> =
    JSON.parse(value).Resources;
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
    beforeAll(() => {
      python = spawn('python3', ['-c', TRANSFORM], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, AWS_DEFAULT_REGION: 'eu-west-1' },
      });
      answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
    });

    afterAll(async () => {
      const closed = once(python, 'close');
      python.stdin.end();
      await closed;
    });

    it('publishes a version if the zip of the layer is another one', async () => {
      const { version } = await transformed(packaged(withNewZip));

      expect(version).not.toBe((await transformed(packaged())).version);
    });

    it('does not without PublishLambdaVersion', async () => {
      const without = ({ NodeLayer }: { readonly NodeLayer: Properties }) => {
        delete NodeLayer.PublishLambdaVersion;
      };
      const changed = packaged((properties) => {
        withNewZip(properties);
        without(properties);
      });

      const { version } = await transformed(changed);

      expect(version).toBe((await transformed(packaged(without))).version);
    });

    it('publishes a version if the layer has another ARN, but not without AutoPublishAliasAllProperties', async () => {
      const versionOf = async (layer: string, all: boolean) => {
        const template = packaged((properties) => {
          withLayer(layer)(properties);
          properties.Reader.AutoPublishAliasAllProperties = all;
        });
        return (await transformed(template)).version;
      };

      expect(await versionOf('layer:7', true)).not.toBe(await versionOf('layer:8', true));
      expect(await versionOf('layer:7', false)).toBe(await versionOf('layer:8', false));
    });

    it('publishes no version if only the value of a parameter is another one', async () => {
      const template = {
        ...packaged(withLayer({ Ref: 'Layer' })),
        Parameters: { Layer: { Type: 'String' } },
      };
      const { version } = await transformed(template, { Layer: 'layer:7' });

      expect(version).toBe((await transformed(template, { Layer: 'layer:8' })).version);
    });

    it('gives the alias for the pilot the version that it publishes, and shifts the traffic of live', async () => {
      const { resources, version } = await transformed(packaged());

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
