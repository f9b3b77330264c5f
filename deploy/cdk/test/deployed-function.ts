import type { Template } from 'aws-cdk-lib/assertions';

interface LayerProperties {
  readonly Description?: string;
  readonly CompatibleArchitectures?: readonly string[];
  readonly Content: { readonly S3Key: string };
}

/** What a role allows of one table, or of some. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string;
  readonly Resource: unknown;
}

/** A function as the template of its stack has it. */
export class DeployedFunction {
  readonly #template: Template;
  readonly #id: string;

  /** @param id what the logical id begins with */
  constructor(template: Template, id = 'Function') {
    this.#template = template;
    const ids = Object.keys(template.findResources('AWS::Lambda::Function'));
    const found = ids.find((each) => each.startsWith(id));
    if (found === undefined) throw new Error(`no ${id} among ${ids}`);
    this.#id = found;
  }

  get #properties() {
    return this.#template.findResources('AWS::Lambda::Function')[this.#id]?.Properties;
  }

  get environment(): Readonly<Record<string, unknown>> {
    return this.#properties.Environment?.Variables ?? {};
  }

  /** Its layers, in order; what is no layer of the stack is left as it is. */
  get layers(): readonly (LayerProperties | string)[] {
    const known = this.#template.findResources('AWS::Lambda::LayerVersion');
    const named: readonly (string | { readonly Ref: string })[] = this.#properties.Layers ?? [];
    return named.map((layer) => (typeof layer === 'string' ? layer : known[layer.Ref]?.Properties));
  }

  /** What its role allows beyond what every function may. */
  get statements(): readonly Statement[] {
    const role = this.#properties.Role['Fn::GetAtt'][0];
    return Object.values(this.#template.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  }
}
