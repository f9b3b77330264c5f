import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { engines } = JSON.parse(text('package.json'));

describe('the supported release lines of Node.js', () => {
  it('begin with the same one in each package', () => {
    expect(engines.node).toBe('>=20.12');
    expect(JSON.parse(text('deploy/cdk/package.json')).engines).toEqual(engines);
  });

  it.each([
    ['README.md', 'Node.js 20, 22 or 24'],
    ['README.md', 'on Node.js 20, 22 and 24'],
    ['CONTRIBUTING.md', 'on Node.js 20, 22 and 24'],
    ['docs/deploy.md', 'Node.js 20, 22, 24 runtimes'],
    ['.github/workflows/ci.yml', 'node: [20, 22, 24]'],
    ['scripts/node-versions.mjs', "['20', '22', '24']"],
    ['scripts/build.mjs', "target: 'node20'"],
    ['deploy/publish-layers.mjs', "runtimes: ['nodejs20.x', 'nodejs22.x', 'nodejs24.x']"],
    ['deploy/sam/template.yaml', 'CompatibleRuntimes: [nodejs20.x, nodejs22.x, nodejs24.x]'],
    ['deploy/sar/template.yaml', 'CompatibleRuntimes: [nodejs20.x, nodejs22.x, nodejs24.x]'],
    ['docs/compatibility.md', 'runtimes `nodejs20.x`, `nodejs22.x`, `nodejs24.x`'],
    ['docs/compatibility.md', 'Node.js 20.12 or later, 22 and 24'],
  ])('are the same in %s: %s', (path, lines) => {
    expect(text(path)).toContain(lines);
  });
});
