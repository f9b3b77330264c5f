import type { Step } from '../probe.ts';
import { answerOf, type Check, expectThat, howOf, isHit } from './check.ts';

/** As the stack has them. */
const PARAMETER = 'value of a parameter';
const CONFIGURATION = '{"limit":7}';

type Get = Extract<Step, { readonly get: string }>;

/** A way to read the values of the stack. */
interface WayToRead {
  readonly fn: 'Values' | 'Ports';
  readonly parameter: Pick<Get, 'get' | 'port'>;
  /** Whether the body of an answer has the parameter. */
  readonly hasParameter: (body: string) => boolean;
  readonly secret: Pick<Get, 'get' | 'port'>;
  readonly configuration: Pick<Get, 'port'>;
}

const readsValues = ({ fn, parameter, hasParameter, secret, configuration }: WayToRead): Check['run'] => {
  const path = '/applications/{CHECK_APPLICATION}/environments/check/configurations/settings';
  const steps: readonly Step[] = [
    { ...parameter, token: true, times: 2 },
    { ...secret, token: true, times: 2, secret: 'CHECK_SECRET' },
    { ...configuration, get: path, times: 2 },
    { ...secret, secret: 'CHECK_SECRET' },
  ];
  return async (cloud) => {
    const { findings } = await cloud.invoke(fn, { steps });
    const answers = {
      parameter: answerOf(findings, 0),
      secret: answerOf(findings, 1),
      configuration: answerOf(findings, 2),
    };
    for (const [name, answer] of Object.entries(answers)) {
      expectThat(isHit(howOf(answer)), `the second read of the ${name} was no hit: ${howOf(answer)}`);
    }
    const { body } = answers.parameter;
    expectThat(hasParameter(body), `the parameter was ${JSON.stringify(body)}`);
    expectThat(answers.secret.isSame === true, 'the secret was not the one that the SDK reads');
    const given = answers.configuration.body;
    expectThat(given === CONFIGURATION, `the configuration was ${given}`);
    const { status } = answerOf(findings, 3);
    expectThat(status === 403, `without the token, the read of the secret was answered with ${status}`);
    return {
      text: 'Parameter, secret and configuration were right, and hits at the second read. Without the token, the secret was 403.',
    };
  };
};

/** Parameters, secrets and configurations. */
export const values: Check = {
  name: 'configuration sources',
  promise:
    'Parameters, secrets and configurations are those of AWS, and hits after the first read. Without the token, no secret is answered.',
  run: readsValues({
    fn: 'Values',
    parameter: { get: '/parameters?name={CHECK_PARAMETER}' },
    hasParameter: (body) => body === PARAMETER,
    secret: { get: '/secrets?id={CHECK_SECRET}' },
    configuration: {},
  }),
};

/** The ports of AWS's extensions, with their requests, without a `cache.yaml`. */
export const ports: Check = {
  name: 'ports of the extensions of AWS',
  promise:
    'On ports 2773 and 2772, requests of the extensions of AWS get the values of AWS, and hits after the first read. Without the token, no secret is answered.',
  run: readsValues({
    fn: 'Ports',
    parameter: { get: '/systemsmanager/parameters/get?name={CHECK_PARAMETER}', port: 2773 },
    hasParameter: (body) => body.includes(`"Value":${JSON.stringify(PARAMETER)}`),
    secret: { get: '/secretsmanager/get?secretId={CHECK_SECRET}', port: 2773 },
    configuration: { port: 2772 },
  }),
};
