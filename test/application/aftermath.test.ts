import { expect, it } from '@jest/globals';
import { refused } from '../support/application/failures.ts';
import { filledApplication } from '../support/application/filled-application.ts';
import { keyOf } from '../support/application/groups.ts';
import { NO_CACHE } from '../support/application/read-requests.ts';

const key = keyOf('k');

it('tells once which group the source refuses to read and why, and again after a read has succeeded', async () => {
  const { read, source, logger } = await filledApplication();
  const told = {
    level: 'warn',
    message: 'the source refuses a read',
    fields: { group: 'Products', reason: 'access denied' },
  };

  source.failWith(refused());
  for (let times = 3; times > 0; times -= 1)
    await expect(read(key, NO_CACHE)).rejects.toThrow('access denied');
  expect(logger.lines).toEqual([told]);

  source.heal();
  await read(key, NO_CACHE);
  source.failWith(refused());
  await expect(read(key, NO_CACHE)).rejects.toThrow('access denied');
  expect(logger.lines).toEqual([told, told]);
});
