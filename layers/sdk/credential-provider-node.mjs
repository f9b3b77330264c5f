/**
 * Replaces the SDK's chain of credential providers. Lambda puts credentials into the environment, or issues them at an
 * endpoint that the extension calls itself. Profiles, SSO, STS and instance metadata are not used in Lambda.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
