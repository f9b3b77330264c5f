import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { layerNames } from '../../scripts/layers.mjs';
import { readTemplate } from './cloudformation-yaml.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = join(root, 'deploy/sar');
const template = readTemplate(readFileSync(join(home, 'template.yaml'), 'utf8'));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const application: Readonly<Record<string, unknown>> =
  template.Metadata?.['AWS::ServerlessRepo::Application'] ?? {};
const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;

describe('the template for the Serverless Application Repository', () => {
  it('describes the application within the limits of the repository', () => {
    expect(application).toMatchObject({
      Name: expect.stringMatching(/^[a-zA-Z0-9-]{1,140}$/),
      Description: expect.stringMatching(/^.{1,256}$/),
      Author: expect.stringMatching(/^[a-z0-9](([a-z0-9]|-(?!-)){0,125}[a-z0-9])?$/),
      SpdxLicenseId: manifest.license,
      SemanticVersion: manifest.version,
      SourceCodeUrl: manifest.homepage.replace('#readme', ''),
    });
    expect(application.Labels).toHaveProperty('length', 5);
  });

  it.each(['LicenseUrl', 'ReadmeUrl'])('has a file as %s, which `sam package` uploads', (name) => {
    expect(existsSync(join(home, String(application[name])))).toBe(true);
  });

  it('has each layer that `npm run layers` makes, described as the script that publishes layers does', () => {
    const script = readFileSync(join(root, 'deploy/publish-layers.mjs'), 'utf8');
    const layers = Object.values(template.Resources).map(({ Type, Properties = {} }) => ({
      Type,
      zip: relative(root, resolve(home, String(Properties.ContentUri))),
      name: Properties.LayerName,
      for: {
        architectures: Properties.CompatibleArchitectures,
        runtimes: Properties.CompatibleRuntimes ?? [],
      },
    }));

    expect(layers).toMatchObject(
      layerNames.map((name) => ({
        Type: 'AWS::Serverless::LayerVersion',
        zip: `dist/layers/${name}.zip`,
        name: `dynamodb-cache-${name}`,
      })),
    );
    for (const layer of layers) {
      const list = (values: unknown) =>
        `[${[values]
          .flat()
          .map((value) => `'${value}'`)
          .join(', ')}]`;
      expect(script).toContain(
        `{ architectures: ${list(layer.for.architectures)}, runtimes: ${list(layer.for.runtimes)} }`,
      );
    }
  });

  it('has the ARN of each layer as an output, and keeps the versions that functions may use', () => {
    const outputs = Object.entries(template.Outputs ?? {});

    expect(outputs).toEqual(
      Object.keys(template.Resources).map((name) => [
        `${name}Arn`,
        { Description: expect.any(String), Value: { Ref: name } },
      ]),
    );
    for (const { Properties } of Object.values(template.Resources))
      expect(Properties).toMatchObject({ RetentionPolicy: 'Retain' });
  });

  (isInstalled ? it : it.skip)('has nothing that cfn-lint finds', () => {
    const { status, stdout } = spawnSync('cfn-lint', [join(home, 'template.yaml')], { encoding: 'utf8' });

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
