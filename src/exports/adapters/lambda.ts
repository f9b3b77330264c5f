/**
 * The Lambda Extensions API.
 *
 * @module
 */
export { ExtensionSession } from '../../adapters/lambda/extension-session.ts';
export {
  type RegisterOptions,
  type Registration,
  registerExtension,
} from '../../adapters/lambda/extensions-api.ts';
export { ExtensionsApiError } from '../../adapters/lambda/extensions-api-error.ts';
