import { SystemRandom } from '../../src/adapters/system/system.ts';
import { FixedRandom } from '../support/fakes/fixed-random.ts';
import { describeRandom } from './random.contract.ts';

describeRandom('SystemRandom', new SystemRandom());
describeRandom('FixedRandom', new FixedRandom(0, 0.5, 1 - Number.EPSILON));
describeRandom('FixedRandom without fractions', new FixedRandom());
