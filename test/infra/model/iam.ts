import type { PlatformModel, Resource } from './platform-model.ts';

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a request says of itself; keys in lower case, as IAM compares them. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: RequestContext;
}

/** Whether identity policies allow a request: some statement allows it, and none denies it. */
export function isAllowed(statements: readonly Statement[], request: Request): boolean {
  const matching = statements.filter((statement) => matches(statement, request));
  return (
    matching.some((statement) => statement.Effect === 'Allow') &&
    !matching.some((statement) => statement.Effect === 'Deny')
  );
}

/** All statements that a role or a managed policy holds, by the name it has in AWS. */
export function statementsOf(model: PlatformModel, name: string): Statement[] {
  return policiesHeldBy(model, name).flatMap((policy) => statementsIn(policy.properties.PolicyDocument));
}

/** The policies of a role: written into it, or attached to it; or the managed policy of that name itself. */
export function policiesHeldBy(model: PlatformModel, name: string): Resource[] {
  const role = model.all('AWS::IAM::Role').find((one) => one.properties.RoleName === name);
  return [
    ...model.all('AWS::IAM::ManagedPolicy').filter((one) => one.properties.ManagedPolicyName === name),
    ...model.all('AWS::IAM::Policy').filter((one) => asList(one.properties.Roles).includes(name)),
    ...asList(role?.properties.ManagedPolicyArns).flatMap((arn) => model.owner(arn) ?? []),
  ];
}

export function statementsIn(document: unknown): Statement[] {
  return asList((document as { Statement: unknown }).Statement) as unknown as Statement[];
}

/** Whether a resource's own policy lets a service do something. */
export function serviceMay(document: unknown, service: string, request: Request): boolean {
  const statements = statementsIn(document).filter((statement) => {
    const principal = statement.Principal as { Service?: unknown; AWS?: unknown } | string | undefined;
    if (principal === '*') return true;
    if (typeof principal !== 'object') return false;
    return asList(principal.Service).includes(service) || principal.AWS === '*';
  });
  return isAllowed(statements, request);
}

export function policiesOf(model: PlatformModel): Resource[] {
  return [...model.all('AWS::IAM::Policy'), ...model.all('AWS::IAM::ManagedPolicy')];
}

export function asList(value: unknown): string[] {
  if (value === undefined) return [];
  return [value].flat() as string[];
}

function matches(statement: Statement, request: Request): boolean {
  return (
    asList(statement.Action).some((pattern) => like(pattern.toLowerCase(), request.action.toLowerCase())) &&
    asList(statement.Resource ?? '*').some((pattern) => like(pattern, request.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, asList(wanted), request.context, key)),
    )
  );
}

function holds(
  operator: string,
  wanted: readonly string[],
  context: RequestContext | undefined,
  key: string,
): boolean {
  const given = context?.[key.toLowerCase()];
  const values = given === undefined ? [] : asList(given);
  const [quantifier, plain] = operator.includes(':') ? operator.split(':') : [undefined, operator];
  const test = TESTS[plain ?? ''];
  if (test === undefined) throw new Error(`the evaluator does not know the condition ${operator}`);
  const fits = (value: string) => wanted.some((pattern) => test(pattern, value));
  if (quantifier === 'ForAllValues') return values.every(fits);
  // A key that the request lacks fails every positive test, as in IAM.
  return values.some(fits);
}

const TESTS: Readonly<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: like,
  ArnLike: like,
  ArnEquals: like,
  Bool: (pattern, value) => String(pattern) === value,
  NumericLessThan: (pattern, value) => Number(value) < Number(pattern),
};

/** IAM's wildcards: `*` is any text, `?` is one character. */
function like(pattern: string, value: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value);
}
