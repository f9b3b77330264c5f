import type { Login } from '../function/secret-findings.ts';
import type { Chapter, Scene } from './scene.ts';
import { shownCount } from './shown-count.ts';

/** A function for AWS's own extension, before and after its secret rotates. */
export const rotation: Chapter = async (scene) => {
  const { narrator, stage } = scene;
  narrator.chapter("The port of AWS's Parameters and Secrets extension");
  narrator.say(
    'This function was written for that extension. It reads a parameter and a secret many times, and logs in to a database.',
  );
  await visit(scene, { logins: ['accepted'], awsRequests: 2 });

  narrator.say(
    'The secret rotates, and the database rejects the cached password. The function then reads the secret with',
    'refreshNow=true and unlessVersion=<the version that failed>.',
  );
  stage.rotateSecret();
  await visit(scene, { logins: ['rejected', 'accepted'], awsRequests: 1 });

  narrator.say('The new version is cached for all clients.');
  await visit(scene, { logins: ['accepted'], awsRequests: 0 });
};

interface Expected {
  readonly logins: readonly ('accepted' | 'rejected')[];
  readonly awsRequests: number;
}

const visit = async ({ narrator, stage }: Scene, expected: Expected): Promise<void> => {
  narrator.ask(`PARAMETERS_SECRETS_EXTENSION_HTTP_PORT=${stage.ports.secrets} secrets-function`);
  const { findings, awsRequests } = await stage.runSecretsFunction();
  const { reads, medianMs, host, logins } = findings;
  const isAsExpected = logins.map(outcomeOf).join() === expected.logins.join();
  narrator.found(
    `${2 * reads} reads, median ${medianMs.toFixed(2)} ms; ${host}: ${logins.map(shownLogin).join(', ')}; ` +
      shownCount(awsRequests, 'AWS'),
    [
      ...(isAsExpected ? [] : [`expected: password ${expected.logins.join(', then ')}`]),
      ...(awsRequests === expected.awsRequests
        ? []
        : [`expected: ${shownCount(expected.awsRequests, 'AWS')}`]),
    ],
  );
};

const outcomeOf = ({ isAccepted }: Login) => (isAccepted ? 'accepted' : 'rejected');

const shownLogin = (login: Login): string => `version ${login.versionId.slice(0, 8)} ${outcomeOf(login)}`;
