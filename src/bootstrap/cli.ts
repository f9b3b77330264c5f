#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { CommandLine } from '../adapters/command-line/command-line.ts';
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

// Each command imports its own modules when it runs.
const commandLine = new CommandLine({
  checkConfig: async (path) => (await import('./cli-config.ts')).checkConfig(path),
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
