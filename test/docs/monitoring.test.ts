import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { prometheusText } from '../../src/adapters/http/items/status-routes.ts';
import { emfMetricsOf } from '../support/docs/emf-names.ts';
import { logCallsIn } from '../support/docs/log-events.ts';
import { readDocument } from '../support/docs/markdown.ts';
import { sampleStatus } from '../support/fakes/fake-status-reader.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const monitoring = readDocument('docs/monitoring.md');

/** The cells of each row of each table, without the rows of dashes. */
const rows = monitoring
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| *-/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')));

const sourcePaths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  // The logger itself passes on what it is given.
  .filter((path) => path.endsWith('.ts') && !path.endsWith('json-logger.ts'))
  .sort();
const sources = sourcePaths.map((path) => ({ path, ...logCallsIn(readDocument(join('src', path))) }));

const unique = (texts: readonly string[]) => [...new Set(texts)].sort();

describe('the page about monitoring', () => {
  it('lists exactly the messages that the code logs, with their levels', () => {
    const logged = sources.flatMap(({ events }) =>
      events.map(({ level, message }) => `${level}: ${message}`),
    );
    const listed = rows
      .filter(([, level = '']) => ['debug', 'info', 'warn', 'error'].includes(level))
      .map(([, level, message]) => `${level}: ${message}`);

    expect(logged.length).toBeGreaterThan(20);
    expect([...listed].sort()).toEqual(unique(logged));
  });

  it('need not list messages of variables, except for the one that it describes in prose', () => {
    const passedOn = sources.flatMap(({ path, passedOn }) => passedOn.map((text) => `${path}: ${text}`));

    expect(passedOn).toEqual([
      'adapters/http/server/bun-server.ts: message',
      'adapters/http/server/node-server.ts: message',
      'application/lifecycle/run-extension.ts: message',
      'bootstrap/run-program.ts: warning',
    ]);
  });

  it('lists exactly the metrics of /metrics', () => {
    const written = [...prometheusText(sampleStatus, 'c').matchAll(/^# TYPE c_(\w+)/gm)].map(
      ([, name = '']) => name,
    );
    const listed = rows.filter(([, name = '']) => /^[a-z_]+$/.test(name) && written.includes(name));
    const unknown = rows.filter(([, name = '']) => /_total$/.test(name) && !written.includes(name));

    expect(listed.map(([, name]) => name).sort()).toEqual([...written].sort());
    expect(unknown).toEqual([]);
  });

  it('lists exactly the metrics of CloudWatch', () => {
    const listed = rows.flatMap(([, , name = '']) => (/^([A-Z][a-z]+)+$/.test(name) ? [name] : []));

    expect(listed.filter((name) => name !== 'CloudWatch').sort()).toEqual(
      [...emfMetricsOf(sampleStatus)].sort(),
    );
  });
});

describe('the reader of log calls', () => {
  it('finds literal messages, templates, and messages that are passed on', () => {
    const source = [
      "this.#logger?.warn('first');",
      "program.get('logger').error(`second \u0024{a} of \u0024{b}`, { a });",
      "this.#attempt('third', run);",
      'parts.logger.info(text);',
      "console.warn('no logger');",
    ].join('\n');

    expect(logCallsIn(source)).toEqual({
      events: [
        { level: 'warn', message: 'first' },
        { level: 'error', message: 'second … of …' },
        { level: 'error', message: 'third' },
      ],
      passedOn: ['text'],
    });
  });
});
