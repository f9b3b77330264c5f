import { answerOf, type Check, expectThat, howOf, isHit } from './check.ts';
import { CONFIGURATION, CONFIGURATION_PATH, PARAMETER } from './values.ts';

const PATHS = {
  parameter: '/systemsmanager/parameters/get?name={CHECK_PARAMETER}',
  secret: '/secretsmanager/get?secretId={CHECK_SECRET}',
};

/** The ports of AWS's extensions, with their requests, without a `cache.yaml`. */
export const ports: Check = {
  name: 'ports of the extensions of AWS',
  promise:
    'On ports 2773 and 2772, requests of the extensions of AWS get the values of AWS, and hits after the first read. Without the token, no secret is answered.',
  run: async (cloud) => {
    const { findings } = await cloud.invoke('Ports', {
      steps: [
        { get: PATHS.parameter, port: 2773, token: true, times: 2 },
        { get: PATHS.secret, port: 2773, token: true, times: 2, secret: 'CHECK_SECRET' },
        { get: CONFIGURATION_PATH, port: 2772, times: 2 },
        { get: PATHS.secret, port: 2773, secret: 'CHECK_SECRET' },
      ],
    });
    const parameter = answerOf(findings, 0);
    const secret = answerOf(findings, 1);
    const configuration = answerOf(findings, 2);
    const withoutToken = answerOf(findings, 3);
    for (const [name, answer] of Object.entries({ parameter, secret, configuration })) {
      expectThat(isHit(howOf(answer)), `the second read of the ${name} was no hit: ${howOf(answer)}`);
    }
    const isRight = parameter.body.includes(`"Value":${JSON.stringify(PARAMETER)}`);
    expectThat(isRight, `the parameter was ${parameter.body}`);
    expectThat(secret.isSame === true, 'the secret was not the one that the SDK reads');
    expectThat(configuration.body === CONFIGURATION, `the configuration was ${configuration.body}`);
    expectThat(withoutToken.status === 403, `without the token, port 2773 answered ${withoutToken.status}`);
    return {
      text: 'Parameter and secret on 2773 and the configuration on 2772 were right, and hits at the second read. Without the token, the secret was 403.',
    };
  },
};
