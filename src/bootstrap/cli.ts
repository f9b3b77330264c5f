#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { type CheckedConfig, CommandLine } from '../adapters/command-line/command-line.ts';
import { programCommand } from '../adapters/command-line/program-command.ts';
import { nearestName } from '../adapters/config/environment/unknown-variables.ts';
import { VERSION } from '../domain/program/version.ts';

process.stdout.on('error', (error) => {
  // The reader closed the pipe, as `head` does: not an error.
  if ('code' in error && error.code === 'EPIPE') process.exit();
  process.stderr.write(`cannot write to stdout: ${error.message}\n`);
  process.exit(1);
});

const program = programCommand(process.argv[1] ?? '', process.env, process.cwd());

/** Checks the file at `path`, or standard input for `-`. An unreadable file is reported as a problem. */
const checkConfig = async (path: string): Promise<CheckedConfig> => {
  const { readConfigStream, readFileAt } = await import('../adapters/config/cache-yaml/config-file.ts');
  const file = path === '-' ? await readConfigStream('<stdin>', process.stdin) : readFileAt(path);
  if (file === undefined) {
    const problem = `${path}: there is no such file; allowed: the path of a cache.yaml, or - for standard input`;
    return { tables: [], problems: [problem] };
  }
  if ('problem' in file) return { tables: [], problems: [file.problem] };
  const { checkConfigText } = await import('./check-config.ts');
  return checkConfigText(file.text, { path: file.path, variables: process.env });
};

// Each command imports its own modules when it runs.
const commandLine = new CommandLine({
  checkConfig,
  targetPolicies: async (config, account, scope) => {
    const { targetPoliciesForConfig } = await import('./check-config.ts');
    const policies = targetPoliciesForConfig(config, account, scope);
    return policies.roles.length + policies.tables.length === 0 ? undefined : policies;
  },
  policyFor: async (config, scope) => (await import('./check-config.ts')).policyForConfig(config, scope),
  serve: async (path, port) => (await import('./cli-server.ts')).serveLocally(path, port, program),
  journal: async (action, table) => (await import('./cli-journal.ts')).runJournal(action, table),
  readText: (path) => readFile(path, 'utf8').catch(() => undefined),
  version: VERSION,
  program,
  nearestName,
  stdout: process.stdout,
  stderr: process.stderr,
});
process.exitCode = await commandLine.run(process.argv.slice(2));
