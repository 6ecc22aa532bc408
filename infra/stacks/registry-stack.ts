import { type App, CfnOutput } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { ImageRepository } from '../constructs/image-repository.ts';
import { PlatformStack } from '../platform-stack.ts';

/** The image repository, apart from the API: an image must be in it before the API can be made. */
export class RegistryStack extends PlatformStack {
  readonly repository: ecr.Repository;

  constructor(app: App, settings: PlatformSettings) {
    super(app, 'registry', settings);
    this.repository = new ImageRepository(this, 'shop-api').repository;
    new CfnOutput(this, 'RepositoryUri', { value: this.repository.repositoryUri });
  }
}
