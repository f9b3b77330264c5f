/** What `npm start -- --help` prints. */
export const HELP = `dynamodb-cache-extension: see it at work

  npm start
      Tells the story on this machine alone: an embedded DynamoDB with sample tables, an emulated Lambda,
      the real extension beside a small sample function. Each step shows what was asked and what came back.
      Then it stays up, with curl lines to try, until Ctrl-C.

  npm start -- --once
      The same, but ends by itself: with exit status 0 if every step went as told, else with 1.

  npm start -- path/to/cache.yaml
      Runs the program as a local server for your own tables, with the AWS credentials, AWS_REGION
      and CACHE_EXTENSION_* variables of your environment. Ctrl-C ends it.

  npm start -- --help
      Prints this.

In all cases
  CACHE_EXTENSION_PORT   the port to listen on, 4000 by default; 0 for any that is free
  NO_COLOR               if set, nothing is coloured

What the story keeps in memory is described in demo/cache.yaml.
`;
