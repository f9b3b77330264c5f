import { expect, it } from '@jest/globals';
import { refused, unavailable } from '../../support/application/failures.ts';
import { filledApplication } from '../../support/application/filled-application.ts';
import { keyOf } from '../../support/application/groups.ts';
import { NO_CACHE } from '../../support/application/read-requests.ts';
import { textOf } from '../../support/application/results.ts';

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

it('tells of a defect that a refresh met, because nobody waits who would', async () => {
  const { flights, source, logger } = await filledApplication();
  const error = new TypeError('a defect');
  source.failWith(error);
  await flights.refresh(key);

  expect(logger.lines).toEqual([{ level: 'error', message: 'a refresh met a defect', fields: { error } }]);
});

it('leaves a defect to the reader who waits for the key', async () => {
  const { read, source, logger } = await filledApplication();
  source.failWith(new TypeError('a defect'));
  await expect(read(key, NO_CACHE)).rejects.toThrow('a defect');

  expect(logger.lines).toEqual([]);
});

it('does not take a failure in passing for a defect', async () => {
  const { flights, source, logger } = await filledApplication();
  source.failWith(unavailable());
  await flights.refresh(key);

  expect(logger.lines).toEqual([]);
});

it('lets the key be read again at once after a defect', async () => {
  const { read, source, clock } = await filledApplication();
  await clock.advance(90_001);
  source.failNext(new TypeError('a defect'));
  await expect(read(key)).rejects.toThrow('a defect');

  expect(textOf(await read(key))).toBe('v2');
});
