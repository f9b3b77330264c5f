import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts } = v.parse(
  v.object({ scripts: v.record(v.string(), v.string()) }),
  JSON.parse(read('package.json')),
);
const ofConstruct = v.parse(
  v.object({ version: v.string(), scripts: v.record(v.string(), v.string()) }),
  JSON.parse(read('deploy/cdk/package.json')),
);

const commands = [...read('docs/deploy.md').matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.split('\n'))
  .filter((line) => line !== '');

/** What asks something of AWS or of Docker. */
const ABROAD =
  /^(aws|sam|docker) |cdk (bootstrap|deploy|destroy)|publish-layers|^terraform .*(apply|destroy)\b/;

describe('the paper on deploying', () => {
  it('marks exactly the commands that need an AWS account or Docker', () => {
    const marked = commands.filter((line) => / # (AWS|Docker)\b/.test(line));

    expect(marked).toEqual(commands.filter((line) => ABROAD.test(line)));
    expect(marked.length).toBeLessThan(commands.length);
  });

  it('names only commands that there are', () => {
    const named = commands.flatMap((line) => /npm run ([\w:-]+)/.exec(line)?.[1] ?? []);
    const files = commands.flatMap((line) => /node (deploy\/\S+)/.exec(line)?.[1] ?? []);

    expect(named.filter((name) => !(name in scripts || name in ofConstruct.scripts))).toEqual([]);
    expect([...named, ...files]).toEqual(
      expect.arrayContaining(['layers', 'synth', 'deploy/publish-layers.mjs']),
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('names the package of the construct as it is packed', () => {
    expect(read('docs/deploy.md')).toContain(`dynamodb-cache-extension-cdk-${ofConstruct.version}.tgz`);
  });

  it('is what the README sends a stranger to', () => {
    expect(read('README.md')).toContain('(docs/deploy.md)');
  });
});

describe('the papers outside docs', () => {
  it.each(['SECURITY.md', 'deploy/cdk/README.md'])('%s links only to what is there', (paper) => {
    const links = [...read(paper).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);

    expect(links).not.toEqual([]);
    expect(links.filter((link) => !existsSync(join(root, dirname(paper), link)))).toEqual([]);
  });
});

describe('the construct', () => {
  it('has the version of the project, and takes the same libraries', () => {
    const manifest = v.object({ version: v.string(), dependencies: v.record(v.string(), v.string()) });
    const [own, project] = ['deploy/cdk/package.json', 'package.json'].map((path) =>
      v.parse(manifest, JSON.parse(read(path))),
    );

    expect(own?.version).toBe(project?.version);
    expect(project?.dependencies).toMatchObject(own?.dependencies ?? {});
  });
});
