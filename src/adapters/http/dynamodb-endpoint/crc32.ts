import zlib from 'node:zlib';

const POLYNOMIAL = 0xedb88320;

const tableOf = (): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    return value;
  });

let table: Uint32Array | undefined;

/** The CRC-32 of `bytes`, byte by byte. */
export const tableCrc32 = (bytes: Uint8Array): number => {
  table ??= tableOf();
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
};

/** The same as fast as the runtime can: Node.js before 20.15 has none of its own. */
export const crc32: (bytes: Uint8Array) => number =
  typeof zlib.crc32 === 'function' ? (bytes) => zlib.crc32(bytes) : tableCrc32;
