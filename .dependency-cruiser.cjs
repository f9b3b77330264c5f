// The dependency rule of docs/architecture.md as a failing check. Inner to outer:
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
  ['preload', 'reading'],
  ['source-access'],
  ['storing'],
  ['groups.ts', 'statistics.ts', 'time'],
];
const DYNAMODB = [['operations'], ['model'], ['json']];

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
    ...downward('domain/dynamodb', DYNAMODB),
    {
      name: 'http-rooms-are-islands',
      comment:
        'What serves one kind of request imports the server, the guards and the problems, and no other kind.',
      severity: 'error',
      from: {
        path: '^src/adapters/http/(items|sdk-endpoint|appconfig-agent|parameters-and-secrets|server)/',
      },
      to: {
        path: '^src/adapters/http/(items|sdk-endpoint|appconfig-agent|parameters-and-secrets|app\\.ts)',
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
      comment: 'What others embed in cache extensions of their own must not drag a source along.',
      severity: 'error',
      from: { path: '^src/(domain/cache|ports|application/(?!(dynamodb|named-values)/))' },
      to: { path: '^src/(domain|application)/(appconfig|dynamodb|iam)/' },
    },
    {
      name: 'cache-knows-no-named-values',
      comment:
        'The cache and its ports know keys and bodies, and nothing of the services that the values come from.',
      severity: 'error',
      from: { path: '^src/(domain/cache|ports|application/(?!(aws-json|named-values)/))' },
      to: { path: '^src/domain/(named-values|parameters|secrets)/' },
    },
    {
      name: 'aws-json-knows-no-service',
      comment:
        'The endpoint for SDKs of values serves any service that describes its operations in domain/named-values.',
      severity: 'error',
      from: { path: '^src/application/aws-json/' },
      to: { path: '^src/domain/(parameters|secrets)/' },
    },
    {
      name: 'values-know-no-tables',
      comment: 'What decides about parameters and secrets knows no other service.',
      severity: 'error',
      from: { path: '^src/application/named-values/' },
      to: { path: '^src/domain/(appconfig|dynamodb)/' },
    },
    {
      name: 'domain-services-are-islands',
      comment:
        'Parameters and secrets share domain/named-values, and all may use the readers of JSON; no service imports another one.',
      severity: 'error',
      from: { path: '^src/domain/(appconfig|dynamodb|iam|named-values|parameters|secrets)/' },
      to: { path: '^src/domain/', pathNot: '^src/domain/($1|cache|named-values|dynamodb/json)/' },
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
