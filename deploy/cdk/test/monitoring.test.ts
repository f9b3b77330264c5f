import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CacheMonitoring } from '../dist/index.js';
import { monitoringTemplate, TEMPLATE } from '../monitoring-template.mjs';

const templateWith = (props: object): Template => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { env: { region: 'eu-west-1' } });
  new CacheMonitoring(stack, 'Monitoring', { functionName: 'shop', ...props });
  return Template.fromStack(stack);
};

const bodyOf = (template: Template) => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  return JSON.stringify(dashboard?.Properties.DashboardBody);
};

describe('CacheMonitoring', () => {
  it('is what the CloudFormation template holds', async () => {
    const written = readFileSync(TEMPLATE, 'utf8');

    expect(JSON.parse(written)).toEqual(JSON.parse(await monitoringTemplate()));
  });

  it('shows and watches the metrics of the function, and sends alarms to the topics', () => {
    const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
    const template = templateWith({ alarmTopicArns: [topic] });
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));

    expect(bodyOf(template)).toContain("SOURCE '/aws/lambda/shop'");
    expect(alarms).toHaveLength(7);
    for (const { Properties } of alarms) {
      const { AlarmActions, AlarmName, Metrics } = Properties;
      expect(AlarmActions).toEqual([topic]);
      expect(AlarmName).toMatch(/^shop-cache-/);
      expect(JSON.stringify(Metrics)).toContain('{"Name":"FunctionName","Value":"shop"}');
    }
  });

  it('uses only metrics in the formula of an alarm that the alarm has', () => {
    const alarms = Object.values(templateWith({}).findResources('AWS::CloudWatch::Alarm'));
    const missing = alarms.flatMap(({ Properties }) => {
      const [{ Expression }, ...metrics] = Properties.Metrics;
      const ids = metrics.map(({ Id }: { Id: string }) => Id);
      return (Expression.match(/\b[a-z]\w*/g) ?? []).filter((name: string) => !ids.includes(name));
    });

    expect(missing).toEqual([]);
  });

  it('watches the share of hits among enough requests, forwarded ones included', () => {
    const fewHits = (props: object) =>
      Object.values(templateWith(props).findResources('AWS::CloudWatch::Alarm'))
        .map(({ Properties }) => Properties)
        .find(({ AlarmName }) => AlarmName === 'shop-cache-FewHits');
    const { ComparisonOperator, Threshold, Metrics } = fewHits({});

    expect([ComparisonOperator, Threshold]).toEqual(['LessThanThreshold', 10]);
    expect(Metrics[0].Expression).toBe(
      'IF((hits + stale + misses + FILL(forwarded, 0)) >= 100, 100 * (hits + stale) / (hits + stale + misses + FILL(forwarded, 0)), 100)',
    );
    expect(fewHits({ minHitPercent: 50 }).Threshold).toBe(50);
  });

  it('watches that a function with invocations reads through the cache, also if there are no metrics of the cache', () => {
    const [unused] = Object.values(templateWith({}).findResources('AWS::CloudWatch::Alarm'))
      .map(({ Properties }) => Properties)
      .filter(({ AlarmName }) => AlarmName === 'shop-cache-Unused');

    expect([unused?.ComparisonOperator, unused?.Threshold]).toEqual(['LessThanThreshold', 1]);
    expect(unused?.Metrics[0].Expression).toBe(
      'IF(invocations >= 100, FILL(hits, 0) + FILL(stale, 0) + FILL(misses, 0) + FILL(failures, 0) + FILL(forwarded, 0), 1)',
    );
    expect(unused?.Metrics[1].MetricStat.Metric).toEqual({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: 'shop' }],
    });
  });

  it('takes the time of a read and the log group', () => {
    const body = bodyOf(templateWith({ readMilliseconds: 12.5, logGroupName: 'logs' }));

    expect(body).toContain('(hits + stale) * 12.5 / 1000');
    expect(body).toContain("SOURCE 'logs'");
  });

  it('rejects properties that it does not know, and values of other types', () => {
    expect(() => templateWith({ functionName: 5, alarmTopicArns: 'arn', readMs: 3 })).toThrow(
      [
        'readMs: unknown property; allowed: functionName, alarmTopicArns, readMilliseconds, minHitPercent, logGroupName',
        'functionName: takes the name of a function; given 5',
        'alarmTopicArns: takes a list of ARNs; given "arn"',
      ].join('\n'),
    );
  });
});
