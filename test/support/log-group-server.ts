// A STAND-IN for CloudWatch Logs, not CloudWatch: a small HTTP server that holds one log group of numbered lines and
// does to its readers what no emulator does: throttling, connections cut in mid-answer, pages without lines, lines
// given twice, lines that become visible late, places that are forgotten. The real SDK talks to it over loopback.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface LogGroupServerInput {
  readonly group: string;
  /** Lines in all; line n says `line n`. */
  readonly lines: number;
  /** The time of line n, in milliseconds since the epoch. Never less than that of the line before. */
  readonly atMs: (n: number) => number;
  /** How long after its time line n becomes visible, in milliseconds. @default at once */
  readonly lateMs?: (n: number) => number;
  /** From when on the group is there, in milliseconds since the epoch. @default always */
  readonly madeMs?: number;
  /** What CloudWatch's own clock says. */
  readonly nowMs: () => number;
  readonly pageLines: number;
  /** What happens to the call of this number, counted from 1, instead of a plain answer. */
  readonly fault?: (call: number, isContinued: boolean) => LogFault | undefined;
}

export type LogFault = 'throttled' | 'cut' | 'broken' | 'empty' | 'twice' | 'forgotten' | 'expired';

export interface LogGroupServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly faults: Map<LogFault, number>;
  readonly queries: Record<string, unknown>[];
}

const ERRORS: Readonly<Partial<Record<LogFault, readonly [status: number, type: string]>>> = {
  throttled: [400, 'ThrottlingException'],
  broken: [500, 'ServiceUnavailableException'],
  forgotten: [400, 'InvalidParameterException'],
  expired: [400, 'ExpiredTokenException'],
};

export async function startLogGroupServer(input: LogGroupServerInput): Promise<LogGroupServer> {
  const faults = new Map<LogFault, number>();
  const queries: Record<string, unknown>[] = [];
  let calls = 0;
  const server = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    const body = await text(request);
    if (target === '') return sendIdentity(response);
    const query = JSON.parse(body) as Record<string, unknown>;
    if (target.endsWith('DescribeLogGroups')) return sendGroups(response, input, query);
    queries.push(query);
    const token = query.nextToken === undefined ? undefined : String(query.nextToken);
    const fault = input.fault?.(++calls, token !== undefined);
    if (fault !== undefined) faults.set(fault, (faults.get(fault) ?? 0) + 1);
    const error = fault === undefined ? undefined : ERRORS[fault];
    if (error !== undefined) return sendError(response, error);
    if (fault === 'empty') return send(response, `{"events":[],"nextToken":"${placeOf(input, query)}"}`);
    const answer = pageOf(input, query, fault === 'twice');
    if (fault !== 'cut') return send(response, answer);
    response.writeHead(200, { 'content-type': TYPE, 'content-length': Buffer.byteLength(answer) });
    response.write(answer.slice(0, answer.length / 2), () => response.socket?.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    queries,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const TYPE = 'application/x-amz-json-1.1';

/** The number of the first line that the query is still to see. */
function placeOf({ lines, atMs }: LogGroupServerInput, query: Record<string, unknown>): number {
  if (query.nextToken !== undefined) return Number(query.nextToken);
  const startTime = Number(query.startTime ?? 0);
  let low = 0;
  let high = lines;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (atMs(middle) < startTime) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pageOf(input: LogGroupServerInput, query: Record<string, unknown>, isTwice: boolean): string {
  const { lines, atMs, lateMs, pageLines } = input;
  const now = input.nowMs();
  const events: string[] = [];
  let n = placeOf(input, query);
  for (; n < lines && events.length < pageLines && atMs(n) <= now; n++) {
    if (atMs(n) + (lateMs?.(n) ?? 0) > now) continue;
    const event = `{"eventId":"${String(n).padStart(56, '0')}","timestamp":${atMs(n)},"message":"line ${n}\\n","logStreamName":"s","ingestionTime":${now}}`;
    events.push(event);
    if (isTwice) events.push(event);
  }
  const hasMore = n < lines && atMs(n) <= now;
  return `{"events":[${events.join()}]${hasMore ? `,"nextToken":"${n}"` : ''}}`;
}

function sendGroups(
  response: ServerResponse,
  { group, madeMs = 0, nowMs }: LogGroupServerInput,
  query: Record<string, unknown>,
): void {
  const belongs = nowMs() >= madeMs && group.startsWith(String(query.logGroupNamePrefix ?? ''));
  send(response, JSON.stringify({ logGroups: belongs ? [{ logGroupName: group }] : [] }));
}

function sendError(response: ServerResponse, [status, type]: readonly [number, string]): void {
  response.writeHead(status, { 'content-type': TYPE });
  response.end(JSON.stringify({ __type: type, message: `${type} of the stand-in` }));
}

function send(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': TYPE });
  response.end(body);
}

function sendIdentity(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      '<Arn>arn:aws:sts::123456789012:assumed-role/operator/ann</Arn><UserId>A:ann</UserId><Account>123456789012</Account>' +
      '</GetCallerIdentityResult></GetCallerIdentityResponse>',
  );
}
