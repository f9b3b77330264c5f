import { describe, expect, it } from '@jest/globals';
import { CommandLine } from '../../../src/adapters/command-line/command-line.ts';
import { NUMERIC_INPUTS, PRICES } from '../../../src/domain/estimate/estimate-inputs.ts';
import { FakeTools } from '../../support/fakes/fake-tools.ts';

const run = async (args: readonly string[], files: Readonly<Record<string, string>> = {}) => {
  const tools = Object.assign(new FakeTools(), { files });
  const status = await new CommandLine(tools).run(['estimate', ...args]);
  return { status, ...tools.written };
};

describe('estimate', () => {
  it('prints a line for each saving and cost, and the total', async () => {
    const { status, stdout } = await run(['--reads-per-second', '1000', '--hit-percent=80']);

    expect(status).toBe(0);
    expect(stdout.slice(stdout.indexOf('A month'))).toBe(
      [
        'A month of 30 days, prices of us-east-1 as of 2026-11-30:',
        'reads             2.59 G, 2.07 G of them hits',
        'read units saved  1.04 G                                  129.60 USD',
        'billed time saved 20.60 ms an invocation                   44.50 USD',
        'added memory      953 k GB-s                              -15.88 USD',
        'cold starts       497 GB-s                                 -0.01 USD',
        'preload           0 read units                              0.00 USD',
        'journal           0 read, 0 write units                     0.00 USD',
        'saved in total                                            158.21 USD',
        'If the function leaves so much memory unused today, the cache needs no more: use --extra-memory-mb 0.',
        '',
      ].join('\n'),
    );
  });

  it('begins with all that it assumes, and marks the defaults', async () => {
    const { stdout } = await run(['--reads-per-second', '1000', '--architecture', 'arm64']);
    const [title, ...lines] = stdout.slice(0, stdout.indexOf('\n\nA month')).split('\n');

    expect(title).toBe('Assumptions; a star marks a default, which the option replaces:');
    expect(lines.map((line) => line.slice(0, 36).trimEnd())).toEqual([
      '  --reads-per-second 1000',
      '* --hit-percent 90',
      '* --item-bytes 1000',
      '* --read-ms 3',
      '* --hit-ms 0.3',
      '* --miss-extra-ms 0.5',
      '* --invocations-per-second 100',
      '* --duration-ms 50',
      '* --memory-mb 512',
      '* --extra-memory-mb 128',
      '* --environments 10',
      '* --cold-starts-per-day 12',
      '* --cold-start-ms 221',
      '* --preload-items 0',
      '* --writes-per-second 0',
      '* --coherence ttl',
      '  --architecture arm64',
    ]);
    expect(lines[3]).toContain(' time of a read without the cache, in ms');
  });

  it.each([
    [['--memory-mb=256', '--extra-memory-mb=0'], '* --cold-start-ms 553 '],
    [['--memory-mb=1700', '--extra-memory-mb=69'], '* --cold-start-ms 80 '],
    [['--memory-mb=3008'], '* --cold-start-ms 80 '],
    [['--memory-mb=256', '--cold-start-ms=80'], '  --cold-start-ms 80 '],
  ])('computes the default of --cold-start-ms from the share of a core: %j', async (args, line) => {
    expect((await run(args)).stdout).toContain(`\n${line}`);
  });

  it('does not name free memory if no memory is added', async () => {
    expect((await run(['--extra-memory-mb', '0'])).stdout).not.toContain('memory unused today');
  });

  it('prints the inputs, the prices and all figures as JSON', async () => {
    const { stdout } = await run(['--json', '--environments', '7', '--coherence', 'invocation']);

    expect(JSON.parse(stdout)).toMatchObject({
      input: { environments: 7, coherence: 'invocation', itemBytes: NUMERIC_INPUTS.itemBytes.default },
      prices: PRICES,
      estimate: { costs: { journalReadUnits: 259_200_000 } },
    });
  });

  it('takes every number as an option', async () => {
    for (const [name, { max }] of Object.entries(NUMERIC_INPUTS)) {
      const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const { stdout } = await run(['--json', option, String(max)]);

      expect([name, JSON.parse(stdout).input[name]]).toEqual([name, max]);
    }
  });

  it('replaces prices by those of a file', async () => {
    const files = { 'p.json': '{ "asOf": "2030-01-01", "gbSecondX86": 0.5 }' };
    const { stdout } = await run(['--json', '--prices', 'p.json'], files);

    expect(JSON.parse(stdout).prices).toEqual({ ...PRICES, asOf: '2030-01-01', gbSecondX86: 0.5 });
  });

  it.each([
    ['{', 'p.json is no JSON object; allowed: an object with prices\n'],
    ['[]', 'p.json is no JSON object; allowed: an object with prices\n'],
    [
      '{ "read": 1, "gbSecondArm": "x", "region": 5, "readUnitsMillion": -1 }',
      'p.json: "read" is no price; allowed: asOf, region, readUnitsMillion, writeUnitsMillion, gbSecondX86, gbSecondArm\n' +
        'p.json: gbSecondArm is "x"; allowed: a number of USD\n' +
        'p.json: region is 5; allowed: text\n' +
        'p.json: readUnitsMillion is -1; allowed: a number of USD\n',
    ],
    [undefined, 'p.json cannot be read; allowed: a JSON file\n'],
  ])('reports what is wrong with prices: %j', async (text, stderr) => {
    const files = text === undefined ? {} : { 'p.json': text };

    expect(await run(['--prices', 'p.json'], files)).toEqual({ status: 1, stdout: '', stderr });
  });

  it.each([
    [['--hit-percent', '101'], '--hit-percent is 101; allowed: a number from 0 to 100'],
    [['--hit-percent', '1e1'], '--hit-percent is 1e1; allowed: a number from 0 to 100'],
    [['--coherence', '1s'], '--coherence is 1s; allowed: ttl, invocation'],
    [['cache.yaml'], 'estimate takes only options; unexpected argument cache.yaml'],
  ])('rejects %j', async (args, message) => {
    const { status, stderr } = await run(args);

    expect(status).toBe(2);
    expect(stderr).toContain(`dynamodb-cache-extension: ${message}\n`);
  });
});
