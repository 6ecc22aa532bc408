import { get } from 'node:http';

const ANSWER_TIMEOUT_MS = 3_000;

/** Whether the API answers, and its database behind it. */
export async function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(new URL('/health', url), { timeout: ANSWER_TIMEOUT_MS, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
