import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCommand, UsageError } from '../../../src/adapters/command-line/read-command.ts';
import { nearestName } from '../../../src/adapters/config/environment/unknown-variables.ts';

const read = (...args: readonly string[]) => readCommand(args, nearestName);

describe('readCommand', () => {
  it.each([
    [[], 'no command is given; allowed: validate, policy, start, journal, estimate, help'],
    [[''], 'unknown command ""; allowed: validate, policy, start, journal, estimate, help'],
    [['valdate'], 'unknown command valdate; did you mean validate?'],
    [['hepl'], 'unknown command hepl; did you mean help?'],
    [['help', 'polcy'], 'unknown command polcy; did you mean policy?'],
    [['help', '--all'], 'help has no option --all; allowed: none'],
    [['help', 'policy', 'start'], 'help takes one command; unexpected argument start'],
    [['Policy'], 'unknown command Policy; did you mean policy?'],
    [
      ['run\nthis'],
      'unknown command "run\\nthis"; allowed: validate, policy, start, journal, estimate, help',
    ],
    [
      ['--region', 'eu-west-1'],
      'no command is given with --region; allowed: validate, policy, start, journal, estimate, help',
    ],
    [['policy', '--regoin=x'], 'policy has no option --regoin; did you mean --region?'],
    [['policy', '-r', 'x'], 'policy has no option -r; allowed: --region, --account, --partition, '],
    [
      ['policy', '--kms-key', 'arn:aws:kms:eu-west-1:123456789012:alias/a'],
      '--kms-key is arn:aws:kms:eu-west-1:123456789012:alias/a; allowed: the ARN of a key, not of an alias',
    ],
    [['policy', '--__proto__'], 'policy has no option --__proto__; allowed: '],
    [['validate', '--region', 'eu-west-1'], 'validate has no option --region; allowed: --help, --version'],
    [['start', '--prot', '1'], 'start has no option --prot; did you mean --port?'],
    [['policy', '--region'], '--region needs a value: an AWS region such as eu-west-1, or *'],
    [['policy', '--region', '--account', '*'], '--region needs a value: '],
    [['policy', '--region', ''], '--region is ""; allowed: an AWS region such as eu-west-1, or *'],
    [['policy', '--region', 'Ireland'], '--region is Ireland; allowed: an AWS region '],
    [['policy', '--region=eu-west-1*'], '--region is eu-west-1*; allowed: an AWS region '],
    [['policy', '--account', '12345678901'], '--account is 12345678901; allowed: an account of 12 digits'],
    [['policy', '--target-account', 'prod'], '--target-account is prod; allowed: an account of 12 digits'],
    [['policy', '--function-role', 'fn'], '--function-role is fn; allowed: the ARN of a role'],
    [['policy', '--partition', 'aws:*'], '--partition is aws:*; allowed: a partition such as aws or aws-cn'],
    [['policy', '--journal', 'a/b'], '--journal is a/b; allowed: the name of a table'],
    [['policy', '--format', 'yaml'], '--format is yaml; allowed: json'],
    [['policy', '--no-preload=1'], '--no-preload takes no value'],
    [['policy', '--no-preload', '--no-preload'], '--no-preload is given twice'],
    [['policy', '--region', 'eu-west-1', '--region', 'eu-west-2'], '--region is given twice'],
    [['start', '--port', '65536'], '--port is 65536; allowed: a whole number from 0 to 65535'],
    [['start', '--port', '1e3'], '--port is 1e3; allowed: a whole number from 0 to 65535'],
    [['start', '-'], 'start cannot read standard input; give the path of a file'],
    [['journal'], 'journal needs an action; allowed: create, show, verify'],
    [['journal', '--table', 'Journal'], 'journal needs an action; allowed: create, show, verify'],
    [['journal', 'shwo'], 'unknown action shwo of journal; did you mean show?'],
    [['journal', 'cache.yaml'], 'unknown action cache.yaml of journal; allowed: create, show, verify'],
    [['journal', 'show', 'verify'], 'journal takes one action; unexpected argument verify'],
    [
      ['journal', 'show', '--table', 'a b'],
      '--table is "a b"; allowed: the name of a table: 3 to 255 letters',
    ],
    [['journal', 'show', '--port', '1'], 'journal has no option --port; allowed: --table, --help, --version'],
    [['policy', '--table', 'Journal'], 'policy has no option --table; allowed: '],
    [['validate', ''], 'the name of the file is empty'],
    [['validate', 'a.yaml', 'b.yaml'], 'validate takes one file; unexpected argument b.yaml'],
  ])('refuses %j', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });

  it.each([
    [['validate', '--', '-odd-.yaml'], { kind: 'validate', path: '-odd-.yaml' }],
    [['policy', '--region=*', '--account=*'], { scope: { region: '*', account: '*' } }],
    [['journal', 'create'], { kind: 'journal', action: 'create', table: undefined }],
    [['--table=My.Journal_1', 'journal', 'verify'], { action: 'verify', table: 'My.Journal_1' }],
    [['policy', '--region', 'us-gov-west-1', '-'], { path: '-', scope: { region: 'us-gov-west-1' } }],
  ])('reads %j', (args, command) => {
    expect(read(...args)).toMatchObject(command);
  });

  it('parses any arguments or reports one short line', () => {
    const words = fc.constantFrom(
      'validate',
      'policy',
      'start',
      'journal',
      'show',
      '--region',
      '--port=',
      '-h',
      '--',
      '-',
      '=',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string(), fc.string({ minLength: 200 }))), (args) => {
        try {
          expect(read(...args).kind).toMatch(/^(help|version|validate|policy|start|journal)$/);
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          expect(error.message).toMatch(/^.{1,400}$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
