/**
 * In place of the SDK's chain of providers: Lambda puts credentials into the environment, or gives them out at an
 * endpoint that the extension asks itself. Profiles, SSO, STS and instance metadata are for other places.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
