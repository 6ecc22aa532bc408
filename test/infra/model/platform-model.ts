import { type PlatformNames, platformNames } from '../../../src/config/platform-names.ts';
import type { PlatformSettings } from '../../../src/config/platform-settings.ts';
import { physicalIdOf } from './physical-ids.ts';

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Template {
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: unknown }>;
  Parameters?: Record<string, Record<string, unknown>>;
}

/** One resource with every reference in it replaced by the name, ARN or id that it stands for. */
export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string | undefined;
}

export interface ModelInput {
  readonly templates: ReadonlyMap<string, Template>;
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  readonly protectedStacks: ReadonlySet<string>;
}

/**
 * All templates of an environment as one thing. References are followed within and across stacks, so that a guard
 * compares `arn:aws:s3:::staging-…` with `arn:aws:s3:::staging-…` whoever wrote it and however.
 */
export class PlatformModel {
  readonly settings: PlatformSettings;
  readonly names: PlatformNames;
  readonly input: ModelInput;
  readonly resources: readonly Resource[];
  /** How many references between stacks were followed. */
  crossStackReferences = 0;
  /** References that lead nowhere, or to a stack that is not deployed before. */
  readonly brokenReferences: string[] = [];

  constructor(settings: PlatformSettings, input: ModelInput) {
    this.settings = settings;
    this.names = platformNames(settings);
    this.input = input;
    this.resources = [...input.templates].flatMap(([stack, template]) =>
      Object.entries(template.Resources).map(([id, raw]) => this.#read(stack, id, raw)),
    );
  }

  all(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  one(
    type: string,
    matches: (properties: Readonly<Record<string, unknown>>) => boolean = () => true,
  ): Resource {
    const found = this.all(type).filter((resource) => matches(resource.properties));
    const [only] = found;
    if (only === undefined || found.length !== 1) throw new Error(`${found.length} of ${type}, wanted one`);
    return only;
  }

  /** The resource that a resolved name, id or ARN belongs to. */
  owner(physical: unknown): Resource | undefined {
    return this.resources.find((resource) => {
      const ids = physicalIdOf(this.settings, resource.type, resource.id, resource.properties);
      return (
        ids !== undefined &&
        (ids.ref === physical || Object.values(ids.attributes).includes(String(physical)))
      );
    });
  }

  resolve(stack: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(stack, item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined) {
      const intrinsic = this.#intrinsic(stack, first[0], first[1]);
      if (intrinsic !== undefined) return intrinsic;
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, this.resolve(stack, item)]));
  }

  #read(stack: string, id: string, raw: TemplateResource): Resource {
    const dependsOn = raw.DependsOn === undefined ? [] : [raw.DependsOn].flat();
    return {
      stack,
      id,
      type: raw.Type,
      properties: this.resolve(stack, raw.Properties ?? {}) as Record<string, unknown>,
      dependsOn,
      deletionPolicy: raw.DeletionPolicy,
    };
  }

  #intrinsic(stack: string, name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(stack, String(argument));
      case 'Fn::GetAtt': {
        const [id = '', attribute = ''] = [argument].flat().map(String);
        return this.#attribute(stack, id, attribute);
      }
      case 'Fn::GetStackOutput':
        return this.#stackOutput(stack, argument as { StackName: string; OutputName: string });
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map((part) => this.resolve(stack, part)).join(separator);
      }
      case 'Fn::Select': {
        const [index, list] = argument as [string | number, unknown];
        return (this.resolve(stack, list) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return String(this.resolve(stack, text)).split(separator);
      }
      case 'Fn::Sub':
        return String(argument).replaceAll(/\$\{([^}!]+)\}/g, (_, key: string) =>
          String(this.#ref(stack, key)),
        );
      default:
        return undefined;
    }
  }

  #ref(stack: string, id: string): unknown {
    const pseudo: Record<string, string> = {
      'AWS::Partition': 'aws',
      'AWS::Region': this.settings.region,
      'AWS::AccountId': this.settings.account,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack,
    };
    if (pseudo[id] !== undefined) return pseudo[id];
    const template = this.input.templates.get(stack);
    if (template?.Parameters?.[id] !== undefined) return `parameter:${id}`;
    const raw = template?.Resources[id];
    if (raw === undefined) return this.#broken(`${stack}: Ref ${id}`);
    const ids = physicalIdOf(this.settings, raw.Type, id, raw.Properties ?? {});
    return ids?.ref ?? `${id}`;
  }

  #attribute(stack: string, id: string, attribute: string): unknown {
    const raw = this.input.templates.get(stack)?.Resources[id];
    if (raw === undefined) return this.#broken(`${stack}: GetAtt ${id}.${attribute}`);
    const ids = physicalIdOf(this.settings, raw.Type, id, raw.Properties ?? {});
    return ids?.attributes[attribute] ?? `${id}.${attribute}`;
  }

  #stackOutput(
    consumer: string,
    { StackName, OutputName }: { StackName: string; OutputName: string },
  ): unknown {
    this.crossStackReferences += 1;
    const output = this.input.templates.get(StackName)?.Outputs?.[OutputName];
    if (output === undefined) return this.#broken(`${consumer}: output ${StackName}.${OutputName}`);
    if (!this.#comesBefore(StackName, consumer)) return this.#broken(`${consumer}: not after ${StackName}`);
    return this.resolve(StackName, output.Value);
  }

  #comesBefore(producer: string, consumer: string): boolean {
    return (this.input.dependencies.get(consumer) ?? []).includes(producer);
  }

  #broken(what: string): string {
    this.brokenReferences.push(what);
    return `broken:${what}`;
  }
}
