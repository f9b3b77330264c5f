import { describe, expect, it } from '@jest/globals';
import { programCommand } from '../../../src/adapters/command-line/program-command.ts';

const NPM = { npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js' };
const CHECKOUT = '/home/me/cache/dist/lib/bootstrap/cli.js';

describe('programCommand', () => {
  it.each([
    ['a project', '/home/me/shop/node_modules/.bin/dynamodb-cache-extension'],
    ["npx's own cache", '/home/me/.npm/_npx/25384ee8/node_modules/.bin/dynamodb-cache-extension'],
    [
      'a project on a system without links',
      '/home/me/shop/node_modules/dynamodb-cache-extension/dist/lib/bootstrap/cli.js',
    ],
  ])('names npx if npm started the package in %s', (_, script) => {
    expect(programCommand(script, NPM, '/home/me/shop')).toBe('npx dynamodb-cache-extension');
  });

  it.each([
    ['a checkout', CHECKOUT, {}, '/srv/infrastructure/live/shop', `node ${CHECKOUT}`],
    ['a checkout, from a script of npm', CHECKOUT, NPM, '/srv', `node ${CHECKOUT}`],
    ['a checkout, from within', CHECKOUT, {}, '/home/me/cache', 'node dist/lib/bootstrap/cli.js'],
    [
      'a checkout next to the folder',
      CHECKOUT,
      {},
      '/home/me/shop',
      'node ../cache/dist/lib/bootstrap/cli.js',
    ],
    [
      'an installed package without npm',
      '/home/me/shop/node_modules/.bin/dynamodb-cache-extension',
      {},
      '/tmp',
      'node /home/me/shop/node_modules/.bin/dynamodb-cache-extension',
    ],
    ['a folder with a blank', '/my cache/cli.js', {}, '/tmp', "node '/my cache/cli.js'"],
  ])('names the file in %s', (_, script, env, folder, command) => {
    expect(programCommand(script, env, folder)).toBe(command);
  });
});
