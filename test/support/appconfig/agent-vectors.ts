/** What the agent of AWS answers about one configuration (recorded): the query of a request, and status and body. */
export interface AgentVector {
  readonly title: string;
  readonly query: string;
  readonly status: number;
  readonly body: string;
}

/** The configuration of the vectors, of type `application/json`. */
export const FLAGS =
  '{\n  "featureA": {\n    "enabled": true\n  },\n  "featureB": {\n    "enabled": false\n  },\n  "featureC": true\n}\n';

const missing = (flag: string): string =>
  `{"Details":{"Value":{"${flag}":{"Problem":"NoSuchFlag"}}},"Message":"Configuration data missing one or more flag values","Reason":"InvalidParameters"}`;

export const AGENT_VECTORS: readonly AgentVector[] = [
  { title: 'no flag (G1)', query: '', status: 200, body: FLAGS },
  { title: 'one flag (G2)', query: 'flag=featureA', status: 200, body: '{\n    "enabled": true\n  }' },
  {
    title: 'two flags (G3)',
    query: 'flag=featureA&flag=featureB',
    status: 200,
    body: '{"featureA":{"enabled":true},"featureB":{"enabled":false}}',
  },
  {
    title: 'a flag that is not an object (G4)',
    query: 'flag=featureC',
    status: 400,
    body: missing('featureC'),
  },
  { title: 'an unknown flag (G4)', query: 'flag=featureX', status: 400, body: missing('featureX') },
];
