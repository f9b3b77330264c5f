import { packageOf } from './packages.mjs';

/** Files of the bundle with what is in each, by package or folder, the largest first. */
export const explain = (metafile) =>
  Object.entries(metafile.outputs)
    .sort(([, one], [, other]) => other.bytes - one.bytes)
    .flatMap(([output, { bytes, inputs }]) => [
      line(bytes, output.split('/').at(-1)),
      ...[...byOrigin(inputs)]
        .sort(([, one], [, other]) => other - one)
        .map(([origin, sum]) => `  ${line(sum, origin)}`),
    ]);

const byOrigin = (inputs) => {
  const sums = new Map();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const origin =
      packageOf(path) ??
      path
        .split('/')
        .slice(0, 3)
        .filter((part) => !part.includes('.'))
        .join('/');
    if (bytesInOutput > 0) sums.set(origin, (sums.get(origin) ?? 0) + bytesInOutput);
  }
  return sums;
};

const line = (bytes, text) => `${String(bytes).padStart(9)}  ${text}`;
