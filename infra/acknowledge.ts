import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why a finding of a security rule is right as it is. The reasons of the whole app are compared with
 * test/infra/acknowledged-findings.json, so that none is added quietly.
 */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}
