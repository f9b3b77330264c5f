/**
 * Replaces `node:crypto` in the program's own modules. The real module is loaded with the first stored item or with the AWS
 * SDK, whichever comes first. This saves 5 ms of the start.
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
