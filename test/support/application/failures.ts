import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';

/** The source answers 5xx: passing, but contact was made. */
export const unavailable = () => new SourceUnavailableError('the source answered 500');
/** The source cannot be spoken to. */
export const unreachable = () => new SourceConnectionError('connection refused');
/** The source asks for fewer reads. */
export const throttled = () => new SourceThrottledError('too many reads');
/** The source says no. */
export const refused = () => new SourceRefusedError('access denied');
