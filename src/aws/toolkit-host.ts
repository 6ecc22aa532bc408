import type { IIoHost, IoMessage, IoRequest } from '@aws-cdk/toolkit-lib';
import type { NotifyStacks } from '../platform/stacks.ts';
import { answerNeeded, type FailedResource } from './deploy-errors.ts';

/** What the operator has said yes to before the toolkit was started. Everything else is refused. */
export interface Consent {
  readonly deploy?: ReadonlySet<string>;
  readonly destroy?: boolean;
  readonly rollBackFirst?: boolean;
}

export interface ToolkitMessages {
  readonly notify?: NotifyStacks;
  readonly consent?: Consent;
}

/** Messages are told apart by their code, never by their level or words, which change. */
const CODES = {
  monitoringStarted: 'CDK_TOOLKIT_I5501',
  stackEvent: 'CDK_TOOLKIT_I5502',
  stackDiff: 'CDK_TOOLKIT_I4002',
  deployQuestion: 'CDK_TOOLKIT_I5060',
  rollBackFirstQuestion: 'CDK_TOOLKIT_I5050',
  destroyQuestion: 'CDK_TOOLKIT_I7010',
  publishing: 'CDK_TOOLKIT_I5220',
  published: 'CDK_TOOLKIT_I5221',
} as const;

/** What CDK noted about each construct, by its path; `creationStack` says which lines made it. */
type ConstructMetadata = Readonly<
  Record<string, readonly { readonly type: string; readonly data?: unknown }[]>
>;

interface StackEventData {
  readonly event: {
    readonly StackName?: string;
    readonly LogicalResourceId?: string;
    readonly ResourceType?: string;
    readonly ResourceStatus?: string;
    readonly ResourceStatusReason?: string;
  };
  readonly metadata?: { readonly constructPath?: string };
  readonly progress: { readonly formatted: string; readonly completed: number; readonly total?: number };
}

export interface DiffMessage {
  readonly formattedDiff: { readonly diff: string; readonly security?: string };
  readonly permissionChanges: string;
  readonly stack: { readonly stackName: string };
}

/**
 * Where the toolkit's messages and questions arrive. The toolkit suggests yes to everything, destroying included:
 * this host says no unless the operator was asked before.
 */
export class ToolkitHost implements IIoHost {
  /** The first resource that failed by itself; later ones are cancelled because of it. */
  failed: FailedResource | undefined;
  readonly diffs: DiffMessage[] = [];
  #metadata: ConstructMetadata = {};
  readonly #notify: NotifyStacks;
  readonly #consent: Consent;

  constructor({ notify = () => {}, consent = {} }: ToolkitMessages) {
    this.#notify = notify;
    this.#consent = consent;
  }

  async notify(message: IoMessage<unknown>): Promise<void> {
    switch (message.code) {
      case CODES.monitoringStarted:
        this.#metadata = (message.data as { stack?: { metadata?: ConstructMetadata } }).stack?.metadata ?? {};
        return;
      case CODES.stackEvent:
        this.#onStackEvent(message.data as StackEventData);
        return;
      case CODES.stackDiff:
        this.diffs.push(message.data as DiffMessage);
        return;
      case CODES.publishing:
      case CODES.published:
        this.#notify({ stack: 'files', message: firstLine(message.message) });
        return;
      default:
    }
  }

  async requestResponse<T>(request: IoRequest<unknown, T>): Promise<T> {
    return this.#answer(request) as T;
  }

  #answer(request: IoRequest<unknown, unknown>): unknown {
    switch (request.code) {
      case CODES.deployQuestion: {
        const { templateDiffs } = request.data as { templateDiffs: Record<string, unknown> };
        const agreed = this.#consent.deploy ?? new Set();
        const names = Object.keys(templateDiffs);
        return names.length > 0 && names.every((name) => agreed.has(name));
      }
      case CODES.rollBackFirstQuestion:
        return this.#consent.rollBackFirst === true;
      case CODES.destroyQuestion:
        return this.#consent.destroy === true;
      default:
        if (typeof request.defaultResponse === 'boolean') return false;
        throw answerNeeded(firstLine(request.message));
    }
  }

  #onStackEvent({ event, metadata, progress }: StackEventData): void {
    const { StackName = '', LogicalResourceId = '', ResourceType = '', ResourceStatus = '' } = event;
    const resource = metadata?.constructPath ?? LogicalResourceId;
    const reason = event.ResourceStatusReason;
    const words = [
      progress.formatted.trim(),
      ResourceStatus,
      resource,
      ResourceType === '' ? '' : `(${ResourceType})`,
    ];
    if (ResourceStatus.endsWith('_FAILED') && reason !== undefined) {
      words.push(`because ${reason}`);
      if (!/cancell?ed/i.test(reason)) {
        const source = sourceLine(this.#metadata, LogicalResourceId);
        this.failed ??= {
          stack: StackName,
          resource,
          type: ResourceType,
          reason,
          ...(source === undefined ? {} : { source }),
        };
      }
    }
    const { completed: done, total } = progress;
    this.#notify({
      stack: StackName,
      message: words.filter((word) => word !== '').join(' '),
      ...(total === undefined ? {} : { resources: { done: Math.min(done, total), total } }),
    });
  }
}

/** The line outside of CDK that described a resource: `new ImageRepository (file:///…/image-repository.ts:17:23)`. */
function sourceLine(metadata: ConstructMetadata, logicalId: string): string | undefined {
  const entries = Object.values(metadata).find((all) =>
    all.some((entry) => entry.type === 'aws:cdk:logicalId' && entry.data === logicalId),
  );
  const stack = entries?.find((entry) => entry.type === 'aws:cdk:creationStack')?.data;
  if (!Array.isArray(stack)) return undefined;
  return stack.map(String).find((line) => /\.(ts|js):\d+/.test(line) && !line.includes('node_modules'));
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
