import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Annotations, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import {
  CfnApplication,
  CfnConfigurationProfile,
  CfnDeployment,
  CfnDeploymentStrategy,
  CfnEnvironment,
  CfnHostedConfigurationVersion,
} from 'aws-cdk-lib/aws-appconfig';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Code, Function as LambdaFunction, Runtime, SnapStartConf } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DynamoDbCacheExtension } from 'dynamodb-cache-extension-cdk';

const home = fileURLToPath(new URL('../../aws-check/', import.meta.url));
const plan = JSON.parse(readFileSync(`${home}plan.json`, 'utf8'));

const RUNTIMES = { 'nodejs22.x': Runtime.NODEJS_22_X, 'python3.13': Runtime.PYTHON_3_13 };

/**
 * The stack of `npm run aws-check`. All names begin with that of the stack, because the checks address resources by name.
 * Deleting the stack deletes everything in it.
 *
 * @param layers the folder of the layers' zip files
 */
export const createCheckStack = (app, name, layers) => {
  const stack = new Stack(app, name);
  Tags.of(stack).add('dynamodb-cache-check', name);
  const tables = Object.fromEntries(plan.tables.map((variable) => [variable, createTable(stack, variable)]));
  const { arns, ...values } = createValues(stack);
  const variables = {
    ...Object.fromEntries(plan.tables.map((variable) => [variable, `${name}-${variable}`])),
    ...values,
  };
  const caches = Object.fromEntries(
    Object.entries(plan.configs).map(([config, names]) => [
      config,
      new DynamoDbCacheExtension(stack, `Cache-${config}`, {
        ...fileOrPorts(config),
        variables: Object.fromEntries(names.map((each) => [each, variables[each]])),
        ...(config === 'fleet' ? { journal: true } : {}),
        ...(layers === undefined ? {} : { layers }),
      }),
    ]),
  );
  for (const [id, planned] of Object.entries(plan.functions)) {
    const fn = createFunction(stack, id, planned);
    caches[planned.config].attachTo(fn);
    // After the construct, whose variables these replace.
    fn.addEnvironment('CACHE_EXTENSION_INIT_STARTUP', 'false');
    for (const [variable, value] of Object.entries(planned.environment)) fn.addEnvironment(variable, value);
    if (planned.writes !== undefined) tables[planned.writes].grantWriteData(fn);
    if (planned.config === 'values') fn.addToRolePolicy(readsConfiguration(arns.configuration));
    if (planned.config === 'ports') {
      for (const each of readsAsBefore(arns)) fn.addToRolePolicy(each);
      Annotations.of(fn).acknowledgeWarning('dynamodb-cache-extension:nothing-granted');
    }
    if (planned.snapStart) new Alias(stack, `${id}Alias`, { aliasName: 'live', version: fn.currentVersion });
  }
  return stack;
};

/** The ports of AWS's extensions are served without a `cache.yaml`. */
const fileOrPorts = (config) =>
  config === 'ports'
    ? { settings: { compatibility: plan.functions.Ports.environment.CACHE_EXTENSION_COMPATIBILITY } }
    : {
        config: `${home}config/${config}.yaml`,
        // The permissions for the preload; functions without it override the variable.
        settings: { initStartup: config === 'items' },
      };

const createTable = (stack, variable) =>
  new Table(stack, variable, {
    tableName: `${stack.stackName}-${variable}`,
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.DESTROY,
  });

const createFunction = (stack, id, { runtime, snapStart }) => {
  const functionName = `${stack.stackName}-${id}`;
  return new LambdaFunction(stack, id, {
    functionName,
    runtime: RUNTIMES[runtime],
    code: Code.fromAsset(`${home}functions`, { exclude: ['__pycache__'] }),
    handler: 'probe.handler',
    memorySize: 512,
    timeout: Duration.seconds(20),
    // Lambda would create the default one again for lines that arrive after its deletion.
    logGroup: new LogGroup(stack, `${id}Logs`, {
      logGroupName: `/dynamodb-cache-check/${functionName}`,
      retention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    ...(snapStart ? { snapStart: SnapStartConf.ON_PUBLISHED_VERSIONS } : {}),
  });
};

/** The construct grants nothing for AppConfig: in `cache.yaml` are names, and in ARNs ids. */
const readsConfiguration = (arn) =>
  new PolicyStatement({
    actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
    resources: [arn],
  });

/** What a role needs for AWS's extensions. Without a `cache.yaml`, the construct grants nothing. */
const readsAsBefore = ({ parameter, secret, configuration }) => [
  new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [parameter] }),
  new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret] }),
  readsConfiguration(configuration),
];

/** A parameter, a secret and a configuration. Returns the variables that name them, and their ARNs. */
const createValues = (stack) => {
  const name = stack.stackName;
  const CHECK_PARAMETER = `/${name}/parameter`;
  const CHECK_SECRET = `${name}/secret`;
  const parameter = new StringParameter(stack, 'Parameter', {
    parameterName: CHECK_PARAMETER,
    stringValue: 'value of a parameter',
  });
  const secret = new Secret(stack, 'Secret', {
    secretName: CHECK_SECRET,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const configuration = createConfiguration(stack);
  const arns = { parameter: parameter.parameterArn, secret: secret.secretArn, configuration };
  return { CHECK_PARAMETER, CHECK_SECRET, CHECK_APPLICATION: name, arns };
};

const createConfiguration = (stack) => {
  const application = new CfnApplication(stack, 'Application', { name: stack.stackName });
  const ofApplication = { applicationId: application.ref };
  const environment = new CfnEnvironment(stack, 'Environment', { ...ofApplication, name: 'check' });
  const profile = new CfnConfigurationProfile(stack, 'Profile', {
    ...ofApplication,
    name: 'settings',
    locationUri: 'hosted',
  });
  const version = new CfnHostedConfigurationVersion(stack, 'Configuration', {
    ...ofApplication,
    configurationProfileId: profile.ref,
    contentType: 'application/json',
    content: '{"limit":7}',
  });
  // AWS's own strategies wait for minutes.
  const strategy = new CfnDeploymentStrategy(stack, 'Strategy', {
    name: stack.stackName,
    deploymentDurationInMinutes: 0,
    finalBakeTimeInMinutes: 0,
    growthFactor: 100,
    replicateTo: 'NONE',
  });
  new CfnDeployment(stack, 'Deployment', {
    ...ofApplication,
    environmentId: environment.ref,
    configurationProfileId: profile.ref,
    configurationVersion: version.ref,
    deploymentStrategyId: strategy.ref,
  });
  const resourceName = `${application.ref}/environment/${environment.ref}/configuration/${profile.ref}`;
  return stack.formatArn({ service: 'appconfig', resource: 'application', resourceName });
};
