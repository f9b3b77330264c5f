// The dependency rule of docs/maintainers/architecture.md as a failing check. Inner to outer:
const rings = ['domain', 'ports', 'application', 'adapters', 'bootstrap', 'exports'];

const inward = rings.slice(0, -1).map((ring, index) => ({
  name: `${ring}-points-inward`,
  comment: `src/${ring} may not know the rings outside it: pass what it needs as an argument or through a port.`,
  severity: 'error',
  from: { path: `^src/${ring}/` },
  to: { path: `^src/(${rings.slice(index + 1).join('|')})/` },
}));

/** Rooms of a ring from top to bottom; each may import those below it. Those on one line are neighbours, and may not. */
const APPLICATION = [
  ['aws-json', 'dynamodb', 'named-values'],
  ['lifecycle'],
  ['create-cache.ts'],
  ['invalidation', 'status'],
  ['preload', 'reading', 'tier'],
  ['coherence', 'source-access'],
  ['storing'],
  ['groups.ts', 'statistics.ts', 'time'],
];
const DOMAIN = [
  ['appconfig', 'dynamodb', 'parameters', 'secrets'],
  ['iam', 'named-values'],
  ['cache', 'json', 'regions'],
];
/** The variables must not need the file: they are read first, and also without one. */
const CONFIG = [['load-settings.ts'], ['cache-yaml'], ['yaml'], ['environment'], ['role-settings.ts']];
const DYNAMODB = [['operations'], ['model'], ['json']];

/** The rooms of the application that know services, and the rooms of the domain that each knows besides `cache` and `json`. */
const SERVICES = {
  'aws-json': ['named-values'],
  dynamodb: ['dynamodb', 'iam'],
  'named-values': ['iam', 'named-values', 'parameters', 'secrets'],
};

const servicesOf = ([room, services]) => ({
  name: `application-${room}-knows-its-services`,
  comment: `src/application/${room} serves what it serves without knowing any other service.`,
  severity: 'error',
  from: { path: `^src/application/${room}/` },
  to: { path: '^src/domain/', pathNot: `^src/domain/(cache|json|${services.join('|')})/` },
});

const downward = (ring, floors) =>
  floors.flatMap((rooms, floor) =>
    rooms.map((room) => {
      const others = [...floors.slice(0, floor).flat(), ...rooms.filter((other) => other !== room)];
      return {
        name: `${ring.split('/').at(-1)}-${room.replace('.ts', '')}-points-downward`,
        comment: `In src/${ring} a room imports only rooms below it, in the order that .dependency-cruiser.cjs lists.`,
        severity: 'error',
        from: { path: `^src/${ring}/${room}(/|$)` },
        to: { path: `^src/${ring}/(${others.join('|') || 'none'})(/|$)` },
      };
    }),
  );

module.exports = {
  forbidden: [
    ...inward,
    ...downward('application', APPLICATION),
    ...downward('domain', DOMAIN),
    ...downward('domain/dynamodb', DYNAMODB),
    ...downward('adapters/config', CONFIG),
    ...Object.entries(SERVICES).map(servicesOf),
    {
      name: 'http-rooms-are-islands',
      comment:
        'What serves one kind of request imports the server, the guards and the problems, and no other kind.',
      severity: 'error',
      from: {
        path: '^src/adapters/http/(items|sdk-endpoint|appconfig-agent|parameters-and-secrets|server|status-page)/',
      },
      to: {
        path: '^src/adapters/http/(items|sdk-endpoint|appconfig-agent|parameters-and-secrets|status-page|app\\.ts)',
        pathNot: '^src/adapters/http/$1/',
      },
    },
    {
      name: 'adapters-know-no-use-case',
      comment: 'An adapter is called through a port of src/ports, or calls one; bootstrap joins the two.',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/application/' },
    },
    {
      name: 'adapters-are-islands',
      comment:
        'One folder for each technology; two that need each other meet in bootstrap. All may use adapters/aws.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/($1|aws)/' },
    },
    {
      name: 'cache-knows-no-source',
      comment:
        'What others embed in cache extensions of their own must not drag a source along. Operations may name a role.',
      severity: 'error',
      from: { path: `^src/(ports|application/(?!(${Object.keys(SERVICES).join('|')})/))` },
      to: { path: '^src/domain/', pathNot: '^src/domain/((cache|json)/|iam/assumed-role\\.ts$)' },
    },
    {
      name: 'core-is-pure',
      comment:
        'Domain, ports and application import no package and nothing of Node: time, sockets and files come through ports.',
      severity: 'error',
      from: { path: '^src/(domain|ports|application)/' },
      to: { pathNot: '^src/' },
    },
    {
      name: 'container-only-in-bootstrap',
      comment: 'Only the composition root knows that there is a container.',
      severity: 'error',
      from: { pathNot: '^src/bootstrap/' },
      to: { path: '(^|/)(inversify|@inversifyjs|reflect-metadata)(/|$)' },
    },
    {
      name: 'valkey-client-only-in-its-adapter',
      comment: 'The client is loaded only if a second tier is configured: only its adapter may import it.',
      severity: 'error',
      from: { pathNot: '^src/adapters/valkey/' },
      to: { path: '(^|/)iovalkey(/|$)' },
    },
    {
      name: 'valkey-adapter-is-loaded-on-demand',
      comment:
        'Import src/adapters/valkey dynamically: the start must not pay for what few configurations use.',
      severity: 'error',
      from: { pathNot: '^src/adapters/valkey/' },
      to: { path: '^src/adapters/valkey/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'status-page-stays-out-of-lambda',
      comment:
        'The layers must not grow by the status page: only the local server of the command line loads it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(bootstrap/cli-server\\.ts|adapters/http/status-page/)' },
      to: { path: '^src/adapters/http/status-page/' },
    },
    {
      name: 'exports-are-a-shop-window',
      comment: 'The entry files of the package only re-export; nothing inside imports them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/exports/' },
      to: { path: '^src/exports/' },
    },
    {
      name: 'tools-stand-alone',
      comment:
        'A tool can be copied into another project: it imports nothing but Node.js and its own folder.',
      severity: 'error',
      from: { path: '^tools/([^/]+)/' },
      to: { pathNot: '^tools/$1/', dependencyTypesNot: ['core'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    // Without these, ESM-only packages resolve to "unknown" and the rules on packages pass in silence.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
