/**
 * In place of `node:crypto` for the program's own modules: loaded with the first item that is kept, or with the AWS SDK,
 * whichever comes first. It is 5 ms that the start can do without.
 */
let loaded;
const crypto = () => {
  loaded ??= require('node:crypto');
  return loaded;
};

export const createHash = (...args) => crypto().createHash(...args);
export const createHmac = (...args) => crypto().createHmac(...args);
export const hash = (...args) => crypto().hash(...args);
export const randomFillSync = (...args) => crypto().randomFillSync(...args);
export const timingSafeEqual = (...args) => crypto().timingSafeEqual(...args);
