import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { prometheusText } from '../../src/adapters/http/items/status-routes.ts';
import { emfMetricsOf } from '../support/docs/emf-names.ts';
import { sampleStatus } from '../support/fakes/fake-status-reader.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const unique = (names: readonly string[]) => [...new Set(names)].sort();

const templateSchema = v.object({
  Resources: v.record(v.string(), v.object({ Type: v.string(), Properties: v.unknown() })),
});

describe('the CloudFormation template of the dashboard and the alarms', () => {
  const { Resources } = v.parse(templateSchema, JSON.parse(read('deploy/cloudformation/monitoring.json')));
  const textOf = (type: string) =>
    JSON.stringify(Object.values(Resources).filter(({ Type }) => Type === type)).replaceAll('\\', '');
  const dashboard = textOf('AWS::CloudWatch::Dashboard');
  const alarms = textOf('AWS::CloudWatch::Alarm');

  it('shows exactly the metrics that the extension writes, except for those of shared reads', () => {
    const shown = [...dashboard.matchAll(/"DynamoDbCacheExtension","(\w+)"/g)].map(([, name = '']) => name);
    const written = emfMetricsOf(sampleStatus).filter((name) => name !== 'Collapsed');

    expect(unique(shown)).toEqual(unique(written));
  });

  it('watches only metrics that the extension writes', () => {
    const watched = [...alarms.matchAll(/"MetricName":"(\w+)","Namespace":"DynamoDbCacheExtension"/g)].map(
      ([, name = '']) => name,
    );
    const others = [...alarms.matchAll(/"MetricName":"(\w+)","Namespace":"(?!DynamoDb)([^"]+)"/g)].map(
      ([, name = '', namespace = '']) => `${namespace} ${name}`,
    );

    expect(watched.length).toBeGreaterThan(5);
    expect(watched.filter((name) => !emfMetricsOf(sampleStatus).includes(name))).toEqual([]);
    expect(others).toEqual(['AWS/Lambda Invocations']);
  });

  it('counts forwarded operations by every reason that there is', () => {
    const [, union = ''] =
      /type ForwardReason =([\s\S]*?);/.exec(read('src/domain/dynamodb/operations/bypass-reason.ts')) ?? [];
    const reasons = [...union.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, reason = '']) => reason);
    const counted = [...dashboard.matchAll(/sum\(ForwardedByReason\.(\w+)\)/g)].map(
      ([, reason = '']) => reason,
    );

    expect(reasons).toContain('write');
    expect(unique(counted)).toEqual(unique(reasons));
  });

  it('costs as many metrics and alarms as the page about monitoring counts', () => {
    const page = read('docs/monitoring.md');
    const alarmCount = Object.values(Resources).filter(
      ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
    ).length;
    const readByAlarms = alarms.match(/"MetricStat"/g)?.length;
    const written = emfMetricsOf(sampleStatus);
    const [, always, ...optional] =
      /\| (\d+); (\d+) with the endpoint for SDKs; (\d+) more with `coherence`; (\d+) more with a second tier +\| 3\.00; at most (\d)\.00 /.exec(
        page,
      ) ?? [];
    const [withEndpoint, coherence, tier, usd] = optional.map(Number);

    expect(page).toContain(`| ${readByAlarms} in ${alarmCount} alarms `);
    expect(Number(always) + 1).toBe(withEndpoint);
    expect((withEndpoint ?? 0) + (coherence ?? 0) + (tier ?? 0)).toBe(written.length);
    expect(usd).toBe((written.length * 3) / 10);
  });

  it('has the alarms that the page about monitoring explains', () => {
    const page = read('docs/monitoring.md');
    const section = page.slice(page.indexOf('## Dashboard'), page.indexOf('## Grafana'));
    const explained = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
    const names = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');

    expect(unique(names.map(([name]) => name))).toEqual(unique(explained));
  });
});

describe('the Grafana dashboard', () => {
  const dashboard = read('deploy/grafana/dashboard.json');

  it('shows exactly the metrics of /metrics', () => {
    const shown = [...dashboard.matchAll(/dynamodb_cache_(\w+)/g)].map(([, name = '']) => name);
    const written = [...prometheusText(sampleStatus, 'c').matchAll(/^# TYPE c_(\w+)/gm)].map(
      ([, name = '']) => name,
    );

    expect(unique(shown)).toEqual(unique(written));
  });

  it('groups only by labels that the metric has', () => {
    const text = prometheusText(sampleStatus, 'dynamodb_cache');
    const expressions = [...dashboard.matchAll(/"expr": "(.*)"/g)].map(([, expression = '']) => expression);
    const grouped = expressions.flatMap((expression) =>
      [...expression.matchAll(/ by \(([\w, ]+)\) \((?:rate\()?(\w+)/g)].flatMap(
        ([, labels = '', metric = '']) => labels.split(', ').map((label) => ({ label, metric })),
      ),
    );

    expect(grouped.length).toBeGreaterThan(5);
    expect(
      grouped.filter(({ label, metric }) => !new RegExp(`^${metric}{.*${label}="`, 'm').test(text)),
    ).toEqual([]);
  });
});
