import { zipSync } from 'fflate';

/** Zip knows no time zones: these are the parts of a date, whatever the zone. */
const MTIME = new Date(1980, 0, 1);
const UNIX = 3;

/**
 * The zip of `files`, from path to `{ bytes, mode }`: the same bytes for the same files, on every machine.
 * The compressor is plain JavaScript for that reason: what Node's zlib makes depends on its version and the processor.
 */
export const zip = (files) => {
  const paths = [...files.keys()].sort();
  const entries = paths.map((path) => {
    const { bytes, mode } = files.get(path);
    return [path, [bytes, { os: UNIX, attrs: ((0o100000 | mode) << 16) >>> 0, mtime: MTIME, level: 6 }]];
  });
  return zipSync(Object.fromEntries(entries));
};
