import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';

/** Services that publish here. A topic policy replaces SNS's own, so each must be named or its messages are lost. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'];

/** Where every alarm arrives: encrypted, TLS only, and by e-mail where the settings name an address. */
export class AlarmTopic extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: { readonly key: kms.IKey }) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    this.topic = new sns.Topic(this, 'topic', {
      topicName: names.alarmTopic,
      displayName: `Alarms of ${settings.environment}`,
      masterKey: props.key,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsArrive',
        principals: PUBLISHERS.map((service) => new iam.ServicePrincipal(service)),
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': settings.account } },
      }),
    );
    const { alarmEmail } = settings.operations;
    if (alarmEmail !== undefined) {
      new sns.Subscription(this, 'email', {
        topic: this.topic,
        protocol: sns.SubscriptionProtocol.EMAIL,
        endpoint: alarmEmail,
      });
    }
  }

  get action(): actions.SnsAction {
    return new actions.SnsAction(this.topic);
  }
}
