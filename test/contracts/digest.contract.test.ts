import { ShaDigest } from '../../src/adapters/system/system.ts';
import { PlainDigest } from '../support/fakes/plain-digest.ts';
import { describeDigest } from './digest.contract.ts';

describeDigest('ShaDigest', new ShaDigest());
describeDigest('PlainDigest', new PlainDigest());
