import { fileOf, root } from './bundle.mjs';
import { licencesOf } from './licences.mjs';

const HOME = 'dynamodb-cache';

/** Everything of a layer, from its path below `/opt` to `{ bytes, mode }`. */
export const layerOf = ({ launcher, files, metafile, notices }) => {
  const licences = [licencesOf(metafile, root), ...notices].join('\n');
  return new Map([
    // The only file there, because Lambda starts every file that it finds beside it; its name is the extension's.
    [
      'extensions/dynamodb-cache',
      { bytes: Buffer.concat([fileOf('layers/launcher.sh'), fileOf(launcher)]), mode: 0o755 },
    ],
    // What AWS_LAMBDA_EXEC_WRAPPER names.
    ['dynamodb-cache-endpoint', { bytes: fileOf('layers/endpoint-wrapper.sh'), mode: 0o755 }],
    ...[...files].map(([name, file]) => [`${HOME}/${name}`, file]),
    [`${HOME}/LICENSE`, { bytes: fileOf('LICENSE'), mode: 0o644 }],
    [`${HOME}/THIRD-PARTY-LICENSES`, { bytes: Buffer.from(licences), mode: 0o644 }],
  ]);
};
