import { App } from 'aws-cdk-lib';
import { createCheckStack } from './stack.mjs';

/** The app of `npm run aws-check`, with the context `stackName` and, if the layers are elsewhere, `layers`. */
const app = new App();
createCheckStack(app, app.node.getContext('stackName'), app.node.tryGetContext('layers'));
