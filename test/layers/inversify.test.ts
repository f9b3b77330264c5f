import { describe, expect, it } from '@jest/globals';
import * as inversify from 'inversify';
import * as replacement from '../../layers/node/inversify.mjs';

const ONE = Symbol.for('test/one');
const TWO = Symbol.for('test/two');
const SUM = Symbol.for('test/sum');

// The layers contain the replacement: all that the program relies on holds for both.
describe.each([
  ['inversify', inversify],
  ['the replacement of inversify in the layers', replacement],
])('%s', (_, { Container, ContainerModule }) => {
  const containerOf = () => new Container({ defaultScope: 'Singleton' });
  const sums = new ContainerModule(({ bind }) => {
    bind(SUM).toResolvedValue((one: number, two: number) => ({ sum: one + two }), [ONE, TWO]);
  });

  it('passes the components of the tokens to a factory, in their order', () => {
    const container = containerOf();
    container.bind(ONE).toConstantValue('first');
    container.bind(TWO).toDynamicValue(() => 'second');
    container.bind(SUM).toResolvedValue((one: string, two: string) => [one, two], [ONE, TWO]);

    expect(container.get(SUM)).toEqual(['first', 'second']);
  });

  it('makes a component once, when it is first needed', () => {
    let made = 0;
    const container = containerOf();
    container.bind(ONE).toDynamicValue(() => {
      made += 1;
      return { made };
    });
    const before = made;

    expect([before, container.get(ONE), container.get(ONE)]).toEqual([0, { made: 1 }, { made: 1 }]);
  });

  it('keeps an undefined component too', () => {
    let made = 0;
    const container = containerOf();
    container.bind(ONE).toResolvedValue(() => {
      made += 1;
    });
    container.get(ONE);
    container.get(ONE);

    expect(made).toBe(1);
  });

  it('loads modules, whose bindings may be made before those that they need', () => {
    const container = containerOf();
    container.load(sums);
    container.bind(ONE).toConstantValue(1);
    container.bind(TWO).toConstantValue(2);

    expect(container.get(SUM)).toEqual({ sum: 3 });
  });

  it('shares no component between two containers that load one module', () => {
    const [one, other] = [containerOf(), containerOf()];
    for (const container of [one, other]) {
      container.load(sums);
      container.bind(ONE).toConstantValue(1);
      container.bind(TWO).toConstantValue(2);
    }

    expect(one.get(SUM)).not.toBe(other.get(SUM));
  });

  it('replaces a binding wherever the component is needed', () => {
    const container = containerOf();
    container.load(sums);
    container.bind(ONE).toConstantValue(1);
    container.bind(TWO).toConstantValue(2);
    container.rebind(TWO).toConstantValue(20);

    expect(container.get(SUM)).toEqual({ sum: 21 });
  });

  it('throws for a component that is not bound', () => {
    const container = containerOf();
    container.load(sums);
    container.bind(ONE).toConstantValue(1);

    expect(() => container.get(SUM)).toThrow('test/two');
  });
});
