import { Aws, Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { checkMonitoringProps } from './check-props.ts';
import { alarmsOf } from './monitoring-alarms.ts';
import { dashboardOf } from './monitoring-dashboard.ts';

export interface CacheMonitoringProps {
  /** Name of the function that has the extension, with `CACHE_EXTENSION_METRICS=emf`. */
  readonly functionName: string;
  /** ARNs of the SNS topics that alarms are sent to. Default: none. */
  readonly alarmTopicArns?: readonly string[];
  /** How long the function waits for a read without the cache, in milliseconds. The extension does not measure it. Default: 3. */
  readonly readMilliseconds?: number;
  /**
   * The share of requests, in percent, that must be hits, so that the alarm `FewHits` is not raised. Forwarded operations of SDKs
   * count as requests, writes included. 0 turns the alarm off. Default: 10.
   */
  readonly minHitPercent?: number;
  /** Default: `/aws/lambda/` and the name of the function. */
  readonly logGroupName?: string;
}

/**
 * A CloudWatch dashboard and alarms for the cache of one function.
 *
 * @example
 * new CacheMonitoring(this, 'Monitoring', { functionName: fn.functionName });
 */
export class CacheMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: CacheMonitoringProps) {
    super(scope, id);
    checkMonitoringProps(props);
    const { functionName, alarmTopicArns = [], readMilliseconds = 3, minHitPercent = 10 } = props;
    const { logGroupName = `/aws/lambda/${functionName}` } = props;
    const dashboard = dashboardOf({ functionName, logGroupName, region: Aws.REGION, readMilliseconds });
    new CfnDashboard(this, 'Dashboard', {
      dashboardName: `${functionName}-cache`,
      dashboardBody: Stack.of(this).toJsonString(dashboard),
    });
    for (const { name, properties } of alarmsOf(functionName, minHitPercent)) {
      new CfnAlarm(this, name, {
        ...properties,
        alarmName: `${functionName}-cache-${name}`,
        alarmActions: [...alarmTopicArns],
      });
    }
  }
}
