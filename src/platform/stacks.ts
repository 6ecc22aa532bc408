/** What a platform is made of on AWS: stacks of resources, described by templates. */

/** One resource as CloudFormation describes it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly [section: string]: unknown;
}

export interface SynthesizedStack {
  /** `staging-data-pipeline-sample-network` */
  readonly name: string;
  readonly template: Template;
  /** Names of the stacks that must exist before. */
  readonly dependsOn: readonly string[];
}

export interface SynthRequest {
  /** Keeps templates and assets here. Default: nothing is kept. */
  readonly outputFolder?: string;
  /** Whether to run the security rules and CloudFormation's own checks: some seconds. */
  readonly checks: boolean;
}

export type ChangeAction = 'add' | 'update' | 'replace' | 'may replace' | 'remove' | 'leave behind';

export interface ResourceChange {
  readonly action: ChangeAction;
  readonly logicalId: string;
  readonly type: string;
  /** The resource's name on AWS, where its template gives one. */
  readonly name?: string;
}

/** What the next deploy would do to one stack. */
export interface StackPlan {
  readonly stack: string;
  readonly state: 'new' | 'changed' | 'unchanged';
  readonly changes: readonly ResourceChange[];
  /** What happens to rights and network rules. */
  readonly permissions: 'none' | 'changed' | 'broadened';
  /** The whole difference in words, for people. */
  readonly text: string;
  readonly template: Template;
  /** What is deployed now; undefined for a new stack. */
  readonly deployedTemplate?: Template;
}

export interface StackDrift {
  readonly stack: string;
  readonly state: 'in sync' | 'drifted' | 'not deployed';
  readonly drifted: number;
  readonly unchecked: number;
  readonly text: string;
}

export interface StackProgress {
  readonly stack: string;
  readonly message: string;
  /** Resources of the stack that are done, of how many. */
  readonly resources?: { readonly done: number; readonly total: number };
}

export interface ApplyRequest {
  readonly stacks: readonly string[];
  /** Values of parameters, by stack. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface AppliedStack {
  readonly stack: string;
  readonly changed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface DeployedStack {
  readonly stack: string;
  /** CloudFormation's word: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** What the last look for drift found; missing when nobody looked. */
  readonly lastDrift?: { readonly drifted: boolean /** ISO 8601, UTC. */; readonly checkedAt: string };
}

export type NotifyStacks = (progress: StackProgress) => void;

/** Stacks are named in full, or by their life cycle: `network`. None named means all of them. */
export interface Stacks {
  /** Offline and without credentials. Throws a Failure that lists what the checks found. */
  synth(request: SynthRequest): Promise<SynthesizedStack[]>;
  /** What is there now, in the order of the stacks. */
  describe(): Promise<DeployedStack[]>;
  /** Compares with what is deployed. Changes nothing. */
  plan(stacks?: readonly string[]): Promise<StackPlan[]>;
  /** Deploys exactly these stacks. Whoever calls has asked the operator before. */
  apply(request: ApplyRequest, notify: NotifyStacks): Promise<AppliedStack[]>;
  /** Brings stacks that failed in mid-deploy back to their last good state. Gives the names of those it moved. */
  rollback(stacks: readonly string[] | undefined, notify: NotifyStacks): Promise<string[]>;
  /** Deletes these stacks, dependants first. Whoever calls has asked the operator before. */
  delete(stacks: readonly string[], notify: NotifyStacks): Promise<void>;
  /** Asks CloudFormation what was changed behind its back. */
  drift(stacks?: readonly string[]): Promise<StackDrift[]>;
}
