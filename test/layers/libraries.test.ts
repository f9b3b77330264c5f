import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ensureBun } from '../../scripts/layers/bun.mjs';
import { buildStandalone } from '../../scripts/layers/standalone.mjs';
import { type ElfNeeds, readElfNeeds } from '../support/elf/elf-needs.ts';

/** What every C library of GNU brings along. */
const OF_LIBC = /^(libc|libm|libpthread|libdl|librt|ld-linux-x86-64|ld-linux-aarch64)\.so\.\d$/;
/** That of Amazon Linux 2 is 2.26; 2.17 is the first for arm64. */
const NEWEST = [2, 17] as const;

/** Why it cannot be built here. */
const whyNot = (architecture: 'x86_64' | 'arm64'): string | undefined => {
  if (process.platform !== 'linux') return 'it is built on Linux';
  try {
    ensureBun(process.arch === 'arm64' ? 'arm64' : 'x86_64');
    ensureBun(architecture);
    return undefined;
  } catch {
    return 'Bun cannot be fetched';
  }
};

/** Versions of symbols that an older C library has not, with the library that must have them. */
const tooNew = ({ versions }: ElfNeeds): readonly string[] =>
  [...versions].flatMap(([library, names]) =>
    names.filter((name) => !isOldEnough(name)).map((name) => `${library}: ${name}`),
  );

const isOldEnough = (name: string): boolean => {
  const [, major, minor] = /^GLIBC_(\d+)\.(\d+)(?:\.\d+)?$/.exec(name) ?? [];
  if (Number(major) !== NEWEST[0]) return Number(major) < NEWEST[0];
  return Number(minor) <= NEWEST[1];
};

describe.each(['x86_64', 'arm64'] as const)('the standalone program for %s', (architecture) => {
  const skip = whyNot(architecture);
  const suite = skip === undefined ? describe : describe.skip;
  suite(skip === undefined ? 'as it is compiled' : `is not there: ${skip}`, () => {
    let needs: ElfNeeds;

    beforeAll(async () => {
      const { files } = await buildStandalone(architecture);
      needs = readElfNeeds(files.get('extension')?.bytes ?? new Uint8Array());
    }, 60_000);

    it('needs no library but those of the C library', () => {
      expect(needs.libraries).toContain('libc.so.6');
      expect(needs.libraries.filter((name) => !OF_LIBC.test(name))).toEqual([]);
      expect(needs.interpreter).toMatch(/\/ld-linux-(x86-64|aarch64)\.so\.\d$/);
    });

    it('needs no symbol of a version above GLIBC_2.17', () => {
      expect([...needs.versions.keys()]).toContain('libc.so.6');
      expect(needs.versions.get('libc.so.6')).toContain('GLIBC_2.17');
      expect(tooNew(needs)).toEqual([]);
    });
  });
});

const other = process.platform === 'linux' ? it : it.skip;

other('a program that needs more than the C library is seen to', () => {
  const needs = readElfNeeds(readFileSync(process.execPath));

  expect(needs.libraries.filter((name) => !OF_LIBC.test(name))).toContain('libstdc++.so.6');
  expect(tooNew(needs)).toEqual(expect.arrayContaining([expect.stringMatching(/: GLIBC(XX)?_/)]));
});

it('what is no program at all is said to be none', () => {
  expect(() => readElfNeeds(Buffer.from('#!/bin/sh\n'))).toThrow('not an ELF file');
});
