import { Failure } from '../std/failure.ts';

const DOCS = 'docs/deploy.md';

export function noContainerTool(tools: readonly string[]): Failure {
  return new Failure({
    code: 'no-container-tool',
    kind: 'not-ready',
    message: `Cannot build or push an image: none of ${tools.join(', ')} is on this machine.`,
    nextSteps: [
      'Install one of them, or name another with DP_CONTAINER_TOOL',
      'Build and push in CI, and commit the dp.images.json that it writes',
    ],
    docs: DOCS,
  });
}

export function containerToolFailed(input: { tool: string; action: string; words: string }): Failure {
  return new Failure({
    code: 'container-tool-failed',
    kind: 'failed',
    message: `${input.tool} could not ${input.action}: ${input.words}`,
    nextSteps: [`${input.tool} info`, 'Use another tool: DP_CONTAINER_TOOL=podman dp image build'],
    docs: DOCS,
  });
}

export function repositoryMissing(name: string, environment: string): Failure {
  return new Failure({
    code: 'repository-missing',
    kind: 'not-ready',
    message: `Cannot reach the image repository ${name}: it is not deployed yet.`,
    nextSteps: [`dp deploy --env ${environment} --stack registry`],
    docs: DOCS,
  });
}

export function imageNotBuilt(reference: string): Failure {
  return new Failure({
    code: 'image-not-pushed',
    kind: 'failed',
    message: `The image ${reference} was pushed, but the repository does not list it.`,
    nextSteps: ['dp image list', 'dp image push'],
    docs: DOCS,
  });
}
