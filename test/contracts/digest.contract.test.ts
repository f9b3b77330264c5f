import { ShaDigest } from '../../src/adapters/system/sha-digest.ts';
import { PlainDigest } from '../support/fakes/plain-digest.ts';
import { describeDigest } from './digest.contract.ts';

describeDigest('ShaDigest', new ShaDigest());
describeDigest('PlainDigest', new PlainDigest());
