import { Failure } from '../std/failure.ts';

const DOCS = 'docs/deploy.md';
const BASE = 'public.ecr.aws/lambda/nodejs';

export function baseImageNotPinned(given: string | undefined): Failure {
  return new Failure({
    code: 'base-image-not-pinned',
    kind: 'usage',
    message:
      given === undefined
        ? 'Cannot build the image: no base image is named.'
        : `Cannot build the image on ${given}: a tag may mean something else tomorrow.`,
    nextSteps: [
      `Read the digest: docker buildx imagetools inspect ${BASE}:24`,
      `dp image build --base-image ${BASE}@sha256:… (or set api.baseImage in dp.config.json)`,
    ],
    docs: DOCS,
  });
}

export function bundleMissing(folder: string): Failure {
  return new Failure({
    code: 'bundle-missing',
    kind: 'not-ready',
    message: `Cannot build the image: the bundled Shop API is not in ${folder}.`,
    nextSteps: ['npm run build'],
    docs: DOCS,
  });
}

export function nothingBuilt(environment: string): Failure {
  return new Failure({
    code: 'nothing-built',
    kind: 'not-ready',
    message: `Cannot push: no image was built for ${environment} on this machine.`,
    nextSteps: [`dp image build --env ${environment}`, `dp image push --env ${environment} --tag TAG`],
    docs: DOCS,
  });
}
