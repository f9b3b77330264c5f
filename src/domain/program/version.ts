/**
 * The version of this package, as `/health`, `/metrics`, logs and the User-Agent of upstream calls show it. A constant, because reading
 * package.json would delay each cold start. `node scripts/set-version.mjs` changes it together with all other places.
 */
export const VERSION = '0.2.0';
