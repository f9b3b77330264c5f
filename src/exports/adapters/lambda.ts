/**
 * The Lambda Extensions API.
 *
 * @module
 */
export { ExtensionSession } from '../../adapters/lambda/extensions-api.ts';
export {
  type RegisterOptions,
  type Registration,
  registerExtension,
} from '../../adapters/lambda/extensions-api.ts';
export { ExtensionsApiError } from '../../adapters/lambda/api-call.ts';
