/** What a program or a library must find where it is loaded. */
export interface ElfNeeds {
  /** The dynamic loader; absent in libraries and static programs. */
  readonly interpreter: string | undefined;
  /** Libraries, such as `libc.so.6`. */
  readonly libraries: readonly string[];
  /** Versions of symbols, by the library that must have them: `GLIBC_2.17`. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
const DT_VERNEED = 0x6ffffffen;

/** @throws if it is no ELF file of 64 bits with the lowest byte first, as x86_64 and arm64 have them */
export const readElfNeeds = (bytes: Uint8Array): ElfNeeds => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error('not an ELF file of 64 bits');
  const segments = segmentsOf(file);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = dynamicEntries(file, segments);
  const offsetOf = (tag: bigint) => {
    const entry = dynamic.find((each) => each.tag === tag);
    return entry && fileOffset(segments, entry.value);
  };
  const names = offsetOf(DT_STRTAB) ?? 0;
  const nameAt = (place: number) => textAt(file, names + place);
  return {
    interpreter: interpreter && textAt(file, interpreter.offset),
    libraries: dynamic.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => nameAt(value)),
    versions: versionsFrom(file, offsetOf(DT_VERNEED), nameAt),
  };
};

const segmentsOf = (file: Buffer): readonly Segment[] => {
  const [start, size, count] = [
    Number(file.readBigUInt64LE(32)),
    file.readUInt16LE(54),
    file.readUInt16LE(56),
  ];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  });
};

const dynamicEntries = (file: Buffer, segments: readonly Segment[]) => {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  return Array.from({ length: (dynamic?.size ?? 0) / 16 }, (_, index) => {
    const at = (dynamic?.offset ?? 0) + index * 16;
    return { tag: file.readBigUInt64LE(at), value: Number(file.readBigUInt64LE(at + 8)) };
  });
};

const fileOffset = (segments: readonly Segment[], address: number): number => {
  const holder = segments.find(
    (each) => each.type === PT_LOAD && address >= each.address && address < each.address + each.size,
  );
  if (holder === undefined) throw new Error(`nothing is loaded at ${address}`);
  return holder.offset + address - holder.address;
};

/** A list of libraries, each with a list of versions; the steps are in bytes, 0 at the end. */
const versionsFrom = (
  file: Buffer,
  start: number | undefined,
  nameAt: (place: number) => string,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...steps(file, start, 12)].map((library) => {
      const first = library + file.readUInt32LE(library + 8);
      const versions = [...steps(file, first, 12)].map((at) => nameAt(file.readUInt32LE(at + 8)));
      return [nameAt(file.readUInt32LE(library + 4)), versions];
    }),
  );

function* steps(file: Buffer, start: number | undefined, nextAt: number): Generator<number> {
  if (start === undefined) return;
  for (let at = start, step = -1; step !== 0; at += step) {
    yield at;
    step = file.readUInt32LE(at + nextAt);
  }
}

const textAt = (file: Buffer, at: number): string => file.toString('latin1', at, file.indexOf(0, at));
