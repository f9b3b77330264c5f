/** Loopback names and addresses in the spelling of `URL`. Unspecified addresses lead to loopback, too. */
export const LOOPBACK_HOST =
  /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;
