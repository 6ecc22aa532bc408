import type { ChangeAction, ResourceChange, StackPlan, Template } from '../platform/stacks.ts';
import type { DiffMessage } from './toolkit-host.ts';

/** What CloudFormation's diff says of a resource, as far as it is read here. */
interface ResourceDifferenceLike {
  readonly changeImpact: string;
  readonly isAddition: boolean;
  readonly isRemoval: boolean;
  readonly isDifferent: boolean;
  readonly resourceType: string | undefined;
}

export interface StackDifference {
  readonly diff: {
    readonly isEmpty: boolean;
    readonly resources: { readonly changes: Readonly<Record<string, ResourceDifferenceLike>> };
  };
  readonly message: DiffMessage | undefined;
}

const ACTIONS: Readonly<Record<string, ChangeAction>> = {
  WILL_UPDATE: 'update',
  WILL_CREATE: 'add',
  WILL_REPLACE: 'replace',
  MAY_REPLACE: 'may replace',
  WILL_DESTROY: 'remove',
  WILL_ORPHAN: 'leave behind',
};

const PERMISSIONS: Readonly<Record<string, StackPlan['permissions']>> = {
  none: 'none',
  broadening: 'broadened',
  'non-broadening': 'changed',
};

/** Where templates name their resources. */
const NAME_PROPERTIES = [
  'BucketName',
  'DBClusterIdentifier',
  'DBInstanceIdentifier',
  'RoleName',
  'FunctionName',
  'Name',
];

/** What a deploy would do to one stack. A new stack adds everything, and every right in it is a broader one. */
export function planOf(input: {
  readonly stack: string;
  readonly template: Template;
  readonly deployedTemplate: Template | undefined;
  readonly difference: StackDifference | undefined;
}): StackPlan {
  const { stack, template, deployedTemplate, difference } = input;
  if (deployedTemplate === undefined) {
    const changes = Object.entries(template.Resources).map(([logicalId, resource]) =>
      changeOf('add', logicalId, resource.Type, template),
    );
    return { stack, template, state: 'new', changes, permissions: 'broadened', text: '' };
  }
  const changes = Object.entries(difference?.diff.resources.changes ?? {})
    .filter(([, change]) => change.isDifferent)
    .map(([logicalId, change]) => {
      const action = ACTIONS[change.changeImpact] ?? 'update';
      return changeOf(
        action,
        logicalId,
        change.resourceType ?? '',
        change.isRemoval ? deployedTemplate : template,
      );
    });
  const { formattedDiff, permissionChanges = 'none' } = difference?.message ?? {};
  return {
    stack,
    template,
    deployedTemplate,
    state: difference === undefined || difference.diff.isEmpty ? 'unchanged' : 'changed',
    changes,
    permissions: PERMISSIONS[permissionChanges] ?? 'changed',
    text: [formattedDiff?.security, formattedDiff?.diff].filter((part) => part !== undefined).join('\n'),
  };
}

function changeOf(action: ChangeAction, logicalId: string, type: string, template: Template): ResourceChange {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  const name = NAME_PROPERTIES.map((key) => properties[key]).find((value) => typeof value === 'string');
  return { action, logicalId, type, ...(typeof name === 'string' ? { name } : {}) };
}
