/** What a template says of another part of itself. */
export interface Reference {
  readonly name: string;
  /** The attribute, if it is one that is meant. */
  readonly attribute?: string;
}

/** Every `Ref`, `Fn::GetAtt` and placeholder of `Fn::Sub` in a value, those of the platform (`AWS::…`) left out. */
export const referencesIn = (value: unknown): readonly Reference[] => {
  if (typeof value !== 'object' || value === null) return [];
  const found = Object.entries(value).flatMap(([key, inner]) => [...own(key, inner), ...referencesIn(inner)]);
  return found.filter(({ name }) => !name.startsWith('AWS::'));
};

const own = (key: string, inner: unknown): readonly Reference[] => {
  if (key === 'Ref' || key === 'DependsOn') return [inner].flat().map((name) => ({ name: String(name) }));
  if (key === 'Fn::GetAtt' && Array.isArray(inner)) {
    return [{ name: String(inner[0]), attribute: String(inner[1]) }];
  }
  if (key !== 'Fn::Sub') return [];
  return [...String(inner).matchAll(/\$\{([^!}.]+)(?:\.([^}]+))?\}/g)].map(([, name = '', attribute]) =>
    attribute === undefined ? { name } : { name, attribute },
  );
};
