import { describe, expect, it } from '@jest/globals';
import { TOKENS } from '../../src/bootstrap/components.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { MapCacheStore } from '../support/fakes/map-cache-store.ts';
import { settingsOf } from '../support/settings.ts';

const isName = (name: string): name is keyof typeof TOKENS => name in TOKENS;
const names = Object.keys(TOKENS).filter(isName);

describe('createContainer', () => {
  it.each(names)('resolves %s', (name) => {
    expect(createContainer(settingsOf()).get(name)).toBeDefined();
  });

  it.each(names)('creates %s only once', (name) => {
    const program = createContainer(settingsOf());

    expect(program.get(name)).toBe(program.get(name));
  });

  it('shares no component between two programs', () => {
    expect(createContainer(settingsOf()).get('cacheStore')).not.toBe(
      createContainer(settingsOf()).get('cacheStore'),
    );
  });

  it('uses an override wherever the component is needed', () => {
    const cacheStore = new MapCacheStore({ maxBytes: 1_000 });

    const program = createContainer(settingsOf(), { cacheStore, clock: new FakeClock() });

    expect(program.get('cacheStore')).toBe(cacheStore);
    expect(program.get('cache').status.status().store.maxBytes).toBe(1_000);
  });

  it('ignores an override that is undefined', () => {
    const overrides = { cacheStore: undefined };

    // @ts-expect-error an exact optional property is given or left out
    expect(createContainer(settingsOf(), overrides).get('cacheStore')).toBeDefined();
  });

  it('has one token for each component', () => {
    const tokens = Object.values(TOKENS);

    expect(new Set(tokens).size).toBe(tokens.length);
  });
});
