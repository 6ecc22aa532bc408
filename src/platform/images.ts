/** Container images of the Shop API: made by a tool on this machine, kept in the environment's repository. */

export interface BuildImageRequest {
  /** The folder with the Dockerfile and the bundle. */
  readonly folder: string;
  /** Pinned: `public.ecr.aws/lambda/nodejs@sha256:…`. */
  readonly baseImage: string;
  /** Tags cannot move: a new one for each build. */
  readonly tag: string;
}

export interface RepositoryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly bytes: number;
  /** UTC, `2026-11-23T01:02:03.000Z`. */
  readonly pushedAt: string;
}

export type NotifyImages = (line: string) => void;

export interface Images {
  /** Builds for x86-64, as the function runs. Gives the local name of the image. */
  build(request: BuildImageRequest, notify: NotifyImages): Promise<string>;
  /** Pushes the image of a tag. Gives the digest that the repository knows it by. */
  push(tag: string, notify: NotifyImages): Promise<string>;
  /** Newest first. */
  list(): Promise<RepositoryImage[]>;
}
