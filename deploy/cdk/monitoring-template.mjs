import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  App,
  CfnCondition,
  CfnElement,
  CfnParameter,
  Fn,
  LegacyStackSynthesizer,
  Stack,
  Token,
} from 'aws-cdk-lib';

/*
 * Writes deploy/cloudformation/monitoring.json: the construct CacheMonitoring as a template, for those without the CDK.
 *   node deploy/cdk/build.mjs && node deploy/cdk/monitoring-template.mjs
 */
export const TEMPLATE = fileURLToPath(new URL('../cloudformation/monitoring.json', import.meta.url));

const parametersOf = (stack) => {
  const parameter = (name, properties) => new CfnParameter(stack, name, properties);
  return {
    functionName: parameter('FunctionName', {
      description: 'Name of the function that has the extension, with CACHE_EXTENSION_METRICS=emf',
    }),
    alarmTopicArn: parameter('AlarmTopicArn', {
      default: '',
      description: 'ARN of the SNS topic that alarms are sent to; empty for none',
    }),
    readMilliseconds: parameter('ReadMilliseconds', {
      type: 'Number',
      default: 3,
      description: 'How long the function waits for a read without the cache, in milliseconds',
    }),
    minHitPercent: parameter('MinHitPercent', {
      type: 'Number',
      default: 10,
      minValue: 0,
      maxValue: 100,
      description:
        'The share of requests that must be hits, or else the alarm FewHits is raised; 0 to turn it off',
    }),
  };
};

// It warns that the parameter of the topic may be empty, and does not see the condition.
process.env.CDK_VALIDATION = 'false';

/** The template as text. */
export const monitoringTemplate = async () => {
  const { CacheMonitoring } = await import('./dist/index.js');
  const outdir = mkdtempSync(join(tmpdir(), 'monitoring-template-'));
  try {
    const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
    const stack = new Stack(app, 'Monitoring', {
      description: 'A dashboard and alarms for the cache of one function (dynamodb-cache-extension)',
      // Others add a parameter and a rule for the CDK's own deployment.
      synthesizer: new LegacyStackSynthesizer(),
    });
    const { functionName, alarmTopicArn, readMilliseconds, minHitPercent } = parametersOf(stack);
    const hasTopic = new CfnCondition(stack, 'HasTopic', {
      expression: Fn.conditionNot(Fn.conditionEquals(alarmTopicArn.valueAsString, '')),
    });
    const topic = Fn.conditionIf(hasTopic.logicalId, alarmTopicArn.valueAsString, Fn.ref('AWS::NoValue'));
    new CacheMonitoring(stack, 'Cache', {
      functionName: functionName.valueAsString,
      alarmTopicArns: [Token.asString(topic)],
      readMilliseconds: readMilliseconds.valueAsNumber,
      minHitPercent: minHitPercent.valueAsNumber,
    });
    for (const element of stack.node.findAll()) {
      if (CfnElement.isCfnElement(element)) element.overrideLogicalId(element.node.id);
    }
    const { template } = app.synth().getStackByName('Monitoring');
    return `${JSON.stringify(template, null, 2)}\n`;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TEMPLATE, await monitoringTemplate());
