import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { unzipSync } from 'fflate';
import { root } from './bundle.mjs';

const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const END_LENGTH = 22;

/** What a zip holds, from path to `{ bytes, mode }`. */
export const readZip = (zip) => {
  const modes = modesIn(Buffer.from(zip.buffer, zip.byteOffset, zip.length));
  return new Map(
    Object.entries(unzipSync(zip)).map(([path, bytes]) => [path, { bytes, mode: modes.get(path) }]),
  );
};

/** Permissions lie in the directory at the end, of which fflate tells nothing. */
const modesIn = (zip) => {
  const end = zip.length - END_LENGTH;
  if (zip.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('the zip has a comment, or is none');
  const modes = new Map();
  for (let at = zip.readUInt32LE(end + 16); at < end && zip.readUInt32LE(at) === CENTRAL_HEADER; ) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    );
    modes.set(
      zip.toString('utf8', at + 46, at + 46 + nameLength),
      (zip.readUInt32LE(at + 38) >>> 16) & 0o777,
    );
    at += 46 + nameLength + extraLength + commentLength;
  }
  return modes;
};

/**
 * The folder that holds a built layer as `/opt` would; unpacked when that has not happened since it was built.
 *
 * @throws if it has not been built
 */
export const unpackedLayer = (name) => {
  const zip = `${root}dist/layers/${name}.zip`;
  if (!existsSync(zip)) throw new Error(`${zip} is not there: build it with npm run layers -- ${name}`);
  const { mtimeMs, size } = statSync(zip);
  const folder = `${root}dist/layers/unpacked/${name}-${Math.trunc(mtimeMs)}-${size}`;
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const next = mkdtempSync(`${folder}.`);
  chmodSync(next, 0o755);
  for (const [path, { bytes, mode }] of readZip(readFileSync(zip))) {
    mkdirSync(dirname(`${next}/${path}`), { recursive: true });
    writeFileSync(`${next}/${path}`, bytes, { mode });
  }
  try {
    renameSync(next, folder);
  } catch {
    // Another process was faster.
    rmSync(next, { recursive: true });
  }
  return folder;
};
