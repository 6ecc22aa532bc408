import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';

const IMAGES_KEPT = 20;

/** Where images of the Shop API are pushed. Tags cannot move, every image is scanned, old ones go. */
export class ImageRepository extends Construct {
  readonly repository: ecr.Repository;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    this.repository = new ecr.Repository(this, 'repository', {
      repositoryName: names.repository,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.AES_256,
      lifecycleRules: [
        { rulePriority: 1, description: 'Keep the newest images', maxImageCount: IMAGES_KEPT },
      ],
      emptyOnDelete: false,
      removalPolicy: settings.operations.protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.repository.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TheShopApiPulls',
        principals: [new iam.ServicePrincipal('lambda.amazonaws.com')],
        actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        conditions: {
          ArnLike: { 'aws:SourceArn': platformOf(this).arnOf('lambda', `function:${names.shopApi}`) },
        },
      }),
    );
  }
}
