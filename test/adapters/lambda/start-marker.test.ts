import { existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { markStart, START_MARKER } from '../../../src/adapters/lambda/start-marker.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-marker-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('markStart', () => {
  it('tells the first start in a folder from later ones', () => {
    expect([markStart(folder), markStart(folder), markStart(folder)]).toEqual([
      'first',
      'repeated',
      'repeated',
    ]);
  });

  it('leaves an empty file', () => {
    markStart(folder);

    expect(lstatSync(join(folder, START_MARKER)).size).toBe(0);
  });

  it('counts a start as the first if nothing can be created in the folder', () => {
    expect(markStart(join(folder, 'absent'))).toBe('first');
    writeFileSync(join(folder, 'file'), '');
    expect(markStart(join(folder, 'file'))).toBe('first');
  });

  it('follows no link that was put in its place', () => {
    symlinkSync(join(folder, 'elsewhere'), join(folder, START_MARKER));

    expect(markStart(folder)).toBe('repeated');
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });
});
