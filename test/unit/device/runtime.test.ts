import { expect, it } from 'vitest';
import { causeIn } from '#main/npm-packages.ts';

it('says why npm did not install the runtime, not where its log is', () => {
  const said = [
    'npm error code ECONNREFUSED',
    'npm error syscall connect',
    'npm error errno ECONNREFUSED',
    'npm error FetchError: request to http://127.0.0.1:9/onnxruntime-node failed, reason: connect ECONNREFUSED',
    'npm error     at ClientRequest.<anonymous>',
    'npm error',
    "npm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.",
    'npm error A complete log of this run can be found in: /home/me/.npm/_logs/1.log',
  ];
  expect(causeIn(said)).toBe(
    'FetchError: request to http://127.0.0.1:9/onnxruntime-node failed, reason: connect ECONNREFUSED',
  );
  expect(causeIn(['spawn npm ENOENT'])).toBe('spawn npm ENOENT');
});
