/** Around every test file: who waits for a condition waits long enough for a busy machine, and nothing made up outlives its file. */
import { afterAll, vi } from 'vitest';

const PATIENCE_MS = 30_000;
const patient = <Options extends { timeout?: number }>(options: number | Options | undefined) =>
  typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options };

// Files of one worker share `vi`: it is made patient once.
const { waitFor, waitUntil } = vi;
if (waitFor.name !== 'patientWaitFor') {
  const patientWaitFor: typeof waitFor = (callback, options) => waitFor(callback, patient(options));
  const patientWaitUntil: typeof waitUntil = (callback, options) => waitUntil(callback, patient(options));
  vi.waitFor = patientWaitFor;
  vi.waitUntil = patientWaitUntil;
}

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
