import { describe, expect, it } from '@jest/globals';
import { type CheckedConfig, CommandLine } from '../../../src/adapters/command-line/command-line.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';
import { FakeTools } from '../../support/fakes/fake-tools.ts';

const tableNamed = (name: string) => tableSpec({ name, hashKey: { name: 'id', type: 'S' } });
const [one, two] = [tableNamed('One'), tableNamed('Two')];
const LISTED = {
  preload: true,
  lifetimes: { ttlMs: 1, negativeTtlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 },
};
const WRONG = { tables: [one], problems: ['cache.yaml:1:1: is wrong', 'cache.yaml:2:1: is, too'] };

const ROLE = 'arn:aws:iam::123456789012:role/fn';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0aa';

const next = (args: string) => `Next: node some/cli.js ${args}\n`;
const again = (args: string) => `Next: correct this, then run: node some/cli.js ${args}\n`;

const run = async (args: readonly string[], tools = new FakeTools()) => ({
  status: await new CommandLine(tools).run(args),
  asked: tools.asked,
  ...tools.written,
});

describe('validate', () => {
  it.each([
    [['validate', 'a.yaml'], [one], `a.yaml is valid: 1 table (One)\n${next('policy a.yaml')}`],
    [['validate'], [one, two], `cache.yaml is valid: 2 tables (One, Two)\n${next('policy cache.yaml')}`],
    [
      ['validate', "my file's.yaml"],
      [one],
      `my file's.yaml is valid: 1 table (One)\n${next(`policy 'my file'\\''s.yaml'`)}`,
    ],
    [['validate', '-'], [one], `standard input is valid: 1 table (One)\n${next('policy -')}`],
  ])('%j prints the tables of a valid file and the next command', async (args, tables, stdout) => {
    const outcome = await run(args, new FakeTools({ tables, problems: [] }));

    expect(outcome).toEqual({
      status: 0,
      stdout,
      stderr: '',
      asked: [['checkConfig', args[1] ?? 'cache.yaml']],
    });
  });

  it.each([
    [{ tables: [one], secrets: [{ ...LISTED, ids: ['a'] }] }, '1 table (One), 1 secret'],
    [
      {
        tables: [],
        parameters: [
          { ...LISTED, names: ['/a', '/b'] },
          { ...LISTED, names: [], path: '/c' },
        ],
      },
      '2 parameters, 1 path of parameters',
    ],
    [
      { tables: [], configurations: [{ application: 'shop', environment: 'prod', profile: 'flags' }] },
      '1 configuration',
    ],
    [{ tables: [] }, 'it lists no table, parameter, secret or configuration'],
  ])('counts parameters and secrets without their names: %#', async (config, contents) => {
    const { stdout } = await run(['validate'], new FakeTools({ ...config, problems: [] }));

    expect(stdout).toBe(`cache.yaml is valid: ${contents}\n${next('policy cache.yaml')}`);
  });

  it.each([
    [[{ ...one, fields: ['id'] }, two], 'table One'],
    [[one, { ...two, fields: ['id', 'price'] }], 'table Two'],
    [
      [
        { ...one, fields: ['id'] },
        { ...two, fields: ['id'] },
      ],
      'tables One, Two',
    ],
  ])(
    'notes on stderr that whole items of a table with fields are not cached for SDKs, and ends with 0: %#',
    async (tables, named) => {
      const { status, stdout, stderr } = await run(['validate'], new FakeTools({ tables, problems: [] }));

      expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('is valid') });
      expect(stderr).toMatch(
        new RegExp(
          `^Note: ${named}: if an AWS SDK is pointed at the endpoint, its reads of whole items .* leave fields out .* ProjectionExpression\\n$`,
        ),
      );
    },
  );

  it('writes one line per problem to stderr and exits with 1', async () => {
    expect(await run(['validate', 'cache.yaml'], new FakeTools(WRONG))).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `cache.yaml:1:1: is wrong\ncache.yaml:2:1: is, too\n${again('validate cache.yaml')}`,
    });
  });
});

describe('policy', () => {
  it('prints the policy as JSON that people can read', async () => {
    const outcome = await run(['policy', 'a.yaml'], new FakeTools({ tables: [one, two], problems: [] }));

    expect(outcome).toEqual({
      status: 0,
      stdout: '{\n  "Statement": [\n    {\n      "Sid": "ReadItems"\n    }\n  ]\n}\n',
      stderr: '',
      asked: [
        ['checkConfig', 'a.yaml'],
        ['policyFor', { tables: [one, two], problems: [] }, { preloads: true }],
      ],
    });
  });

  it('is for the place that the options name', async () => {
    const { asked } = await run([
      'policy',
      '--region',
      'eu-west-1',
      '--account=123456789012',
      'a.yaml',
      '--partition',
      'aws-cn',
      '--no-preload',
      '--kms-key',
      `${KEY},${KEY}`,
      '--format',
      'json',
    ]);

    expect(asked).toContainEqual([
      'policyFor',
      { tables: [], problems: [] },
      {
        region: 'eu-west-1',
        account: '123456789012',
        partition: 'aws-cn',
        kmsKeys: [KEY, KEY],
        preloads: false,
      },
    ]);
  });

  it('passes the name of the journal table on', async () => {
    const coherent = { ...one, coherence: { mode: 'invocation' } as const };
    const { asked } = await run(
      ['policy', '--journal', 'my-journal'],
      new FakeTools({ tables: [coherent], problems: [] }),
    );

    expect(asked.at(-1)).toEqual([
      'policyFor',
      { tables: [coherent], problems: [] },
      { journal: 'my-journal', preloads: true },
    ]);
  });

  it('needs the name of the journal table for a table that is coherent with other environments', async () => {
    const tables = [one, { ...two, coherence: { mode: 'interval', ms: 1000 } as const }];

    expect(await run(['policy'], new FakeTools({ tables, problems: [] }))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `dynamodb-cache-extension: table Two sets coherence, so --journal is needed, the value of CACHE_EXTENSION_JOURNAL_TABLE\n${next('policy --help')}`,
    });
  });

  it('prints the policies of another account, without asking for the journal', async () => {
    const coherence = { mode: 'invocation' } as const;
    const tables = [{ ...one, coherence }];
    const args = ['policy', '--target-account', '111122223333', '--function-role', ROLE, '--no-preload'];
    const outcome = await run(args, new FakeTools({ tables, problems: [] }));

    expect(outcome).toMatchObject({ status: 0, stderr: '', stdout: '{\n  "roles": []\n}\n' });
    expect(outcome.asked.at(-1)).toEqual([
      'targetPolicies',
      { tables, problems: [] },
      '111122223333',
      { functionRole: ROLE, preloads: false },
    ]);
  });

  it('says so if the file names nothing of the other account', async () => {
    const tools = new FakeTools();
    tools.targets = undefined;

    expect(await run(['policy', '--target-account', '111122223333'], tools)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('names no role of the account 111122223333'),
    });
  });

  it('needs the name of the journal table for a section that is coherent with other environments', async () => {
    const config = { tables: [one], coherentSections: ['secrets'], problems: [] };

    expect(await run(['policy'], new FakeTools(config))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('section secrets sets coherence, so --journal is needed'),
    });
  });

  it('prints no policy without a statement, which IAM rejects, and says what to allow', async () => {
    const tools = new FakeTools();
    tools.policy = { Statement: [] };

    expect(await run(['policy'], tools)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringContaining('ssm:GetParameter for parameters, secretsmanager:GetSecretValue'),
    });
  });

  it('says that it allows all configurations if one of those for the role of the function has no ids', async () => {
    const [ids, names] = [
      { application: 'abc1234', environment: 'def5678', profile: 'ghi9012' },
      { application: 'abc1234', environment: 'prod', profile: 'flags' },
    ];
    const role = { roleArn: 'arn:aws:iam::111122223333:role/reader' };
    const stderrFor = async (...configurations: NonNullable<CheckedConfig['configurations']>) =>
      (await run(['policy'], new FakeTools({ tables: [], configurations, problems: [] }))).stderr;

    expect(await stderrFor(ids)).toBe('');
    expect(await stderrFor({ ...names, role })).toBe('');
    expect(await stderrFor(ids, names)).toContain('the policy allows all configurations');
    expect(await stderrFor(ids, names)).toContain('seven lowercase letters and digits');
  });

  it('prints no policy for an invalid file', async () => {
    expect(await run(['policy'], new FakeTools(WRONG))).toEqual({
      status: 1,
      stdout: '',
      stderr: `cache.yaml:1:1: is wrong\ncache.yaml:2:1: is, too\n${again('validate cache.yaml')}`,
      asked: [['checkConfig', 'cache.yaml']],
    });
  });
});

describe('start', () => {
  it.each([
    [['start'], undefined, undefined],
    [['start', 'a.yaml', '--port', '0'], 'a.yaml', '0'],
    [['--port=65535', 'start'], undefined, '65535'],
  ])('%j serves, and ends with the status of that', async (args, path, port) => {
    expect(await run(args)).toMatchObject({ status: 7, asked: [['serve', path, port]] });
  });
});

describe('journal', () => {
  it('prints what was found, and ends with 0', async () => {
    expect(await run(['journal', 'verify', '--table', 'Journal'])).toEqual({
      status: 0,
      stdout: 'as it should be\n',
      stderr: '',
      asked: [['journal', 'verify', 'Journal']],
    });
  });

  it.each([
    [undefined, ''],
    ['journal create --table Journal', next('journal create --table Journal')],
  ])('prints problems and the next command to stderr, and ends with 1: %j', async (given, advice) => {
    const tools = new FakeTools();
    const problems = ['it is not there', 'and denied'];
    tools.report = { lines: ['one line'], problems, ...(given === undefined ? {} : { next: given }) };

    expect(await run(['journal', 'show'], tools)).toEqual({
      status: 1,
      stdout: 'one line\n',
      stderr: `it is not there\nand denied\n${advice}`,
      asked: [['journal', 'show', undefined]],
    });
  });

  it('mentions no file in its help', async () => {
    expect((await run(['journal', '--help'])).stdout).not.toContain('default file');
  });
});

describe('help and version', () => {
  it.each([[['--version']], [['-v']], [['policy', '--version']], [['validate', 'a.yaml', '-v']]])(
    '%j prints the version',
    async (args) => {
      expect(await run(args)).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '', asked: [] });
    },
  );

  it.each([
    [['--help'], 'validate [file] '],
    [['-h', '--version'], 'policy [options] [file] '],
    [['--help', 'nonsense', '--nonsense'], 'start [options] [file] '],
    [['help'], 'help [command] '],
    [['help', 'help'], 'policy [options] [file] '],
    [['help', 'policy'], '--account <id> '],
    [['help', '--help'], 'start [options] [file] '],
    [['policy', '--help'], '--account <id> '],
    [['start', 'a.yaml', '--nonsense', '-h'], '--port <number> '],
    [['validate', '-h'], 'path:line:column'],
    [['--help'], 'journal [options] create|show|verify '],
    [['journal', '-h'], '--table <name> '],
    [['--help'], '\nnode some/cli.js help <command>\n'],
  ])('%j prints the help', async (args, text) => {
    const { status, stdout, stderr, asked } = await run(args);

    expect({ status, stderr, asked }).toEqual({ status: 0, stderr: '', asked: [] });
    expect(stdout).toContain(text);
  });

  it('no line of the help is wider than a terminal may be', async () => {
    for (const name of ['', 'validate', 'policy', 'start', 'journal', 'estimate']) {
      const { stdout } = await run([name, '--help'].filter((arg) => arg !== ''));
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});

describe('a command line that cannot be understood', () => {
  it('reports an invalid command line with the help command and exits with 2', async () => {
    expect(await run(['policy', '--regoin', 'eu-west-1'])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'dynamodb-cache-extension: policy has no option --regoin; did you mean --region?\n' +
        next('policy --help'),
      asked: [],
    });
    expect((await run([])).stderr).toBe(
      'dynamodb-cache-extension: no command is given; allowed: validate, policy, start, journal, estimate, help\n' +
        next('--help'),
    );
  });

  it('rethrows an unexpected error', async () => {
    const broken = Object.assign(new FakeTools(), {
      checkConfig: () => Promise.reject(new TypeError('a defect')),
    });

    await expect(run(['validate'], broken)).rejects.toThrow('a defect');
  });
});
