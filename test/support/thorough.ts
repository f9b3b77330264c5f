import process from 'node:process';

/** Whether what takes long is done at its full length: `npm run test:thorough`. */
export const IS_THOROUGH = process.env.CACHE_TEST_THOROUGH === '1';
