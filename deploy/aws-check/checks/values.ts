import { answerOf, type Check, expectThat, howOf, isHit } from './check.ts';

/** As the stack has them. */
export const PARAMETER = 'value of a parameter';
export const CONFIGURATION = '{"limit":7}';

/** The same path on the ports of the extension and of AWS's agent. */
export const CONFIGURATION_PATH =
  '/applications/{CHECK_APPLICATION}/environments/check/configurations/settings';

const PATHS = {
  parameter: '/parameters?name={CHECK_PARAMETER}',
  secret: '/secrets?id={CHECK_SECRET}',
  configuration: CONFIGURATION_PATH,
};

/** Parameters, secrets and configurations. */
export const values: Check = {
  name: 'configuration sources',
  promise:
    'Parameters, secrets and configurations are those of AWS, and hits after the first read. Without the token, no secret is answered.',
  run: async (cloud) => {
    const { findings } = await cloud.invoke('Values', {
      steps: [
        { get: PATHS.parameter, token: true, times: 2 },
        { get: PATHS.secret, token: true, times: 2, secret: 'CHECK_SECRET' },
        { get: PATHS.configuration, times: 2 },
        { get: PATHS.secret, secret: 'CHECK_SECRET' },
      ],
    });
    const parameter = answerOf(findings, 0);
    const secret = answerOf(findings, 1);
    const configuration = answerOf(findings, 2);
    const withoutToken = answerOf(findings, 3);
    for (const [name, answer] of Object.entries({ parameter, secret, configuration })) {
      expectThat(isHit(howOf(answer)), `the second read of the ${name} was no hit: ${howOf(answer)}`);
    }
    expectThat(parameter.body === PARAMETER, `the parameter was ${JSON.stringify(parameter.body)}`);
    expectThat(secret.isSame === true, 'the secret was not the one that the SDK reads');
    expectThat(configuration.body === CONFIGURATION, `the configuration was ${configuration.body}`);
    expectThat(
      withoutToken.status === 403,
      `without the token, the route of secrets answered ${withoutToken.status}`,
    );
    return {
      text: 'Parameter, secret and configuration were right, and hits at the second read. Without the token, the secret was 403.',
    };
  },
};
