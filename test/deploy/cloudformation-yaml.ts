import { type CollectionTag, isSeq, parseDocument, type ScalarTag } from 'yaml';

/** A template as its JSON form would have it. */
export interface Template {
  readonly Globals?: { readonly Function?: Readonly<Record<string, unknown>> };
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const scalar = (name: string, resolve: (text: string) => unknown): ScalarTag => ({
  tag: `!${name}`,
  resolve,
});

const list = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (value) => ({ [`Fn::${name}`]: isSeq(value) ? value.toJSON() : value }),
});

const TAGS = [
  scalar('Ref', (name) => ({ Ref: name })),
  scalar('Sub', (text) => ({ 'Fn::Sub': text })),
  scalar('GetAtt', (path) => ({ 'Fn::GetAtt': [path.split('.')[0], path.split('.').slice(1).join('.')] })),
  list('Join'),
  list('Select'),
  list('Split'),
  list('Not'),
  list('Equals'),
  list('If'),
];

/** Reads a template in which intrinsic functions are written as tags; throws for tags that it does not know. */
export const readTemplate = (text: string): Template => {
  const document = parseDocument(text, { customTags: TAGS });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw problem;
  return document.toJS();
};
