/** What `npm start -- --help` prints. */
export const HELP = `dynamodb-cache-extension: demo

  npm start
      Runs the demo on this machine, without AWS: an embedded DynamoDB with sample tables, emulated
      Parameter Store, Secrets Manager and Lambda, the real extension and small sample functions.
      Each step shows its request and its answer. Then the demo keeps running, and prints curl commands
      to try. Press Ctrl-C to stop.

  npm start -- --once
      Runs the demo and exits: with status 0 if every step gave the expected result, otherwise with 1.

  npm start -- --fleet
      Shows four execution environments, one of which writes: what the others read with coherence: ttl and
      with coherence: invocation. Press Ctrl-C to stop, or add --once.

  npm start -- path/to/cache.yaml
      Runs a local server for your own tables, with the AWS credentials, AWS_REGION and
      CACHE_EXTENSION_* variables of your environment. Press Ctrl-C to stop.

  npm start -- --help
      Prints this help.

Environment variables
  CACHE_EXTENSION_PORT   the port to listen on, 4000 by default; 0 selects a free port
                         The demo also takes port 2773, or another one if it is not free or if this is 0.
  NO_COLOR               if set, disables colours

demo/cache.yaml configures the tables of the demo, demo/fleet.yaml those of --fleet.
`;
