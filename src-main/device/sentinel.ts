/** A small network that is measured again and again: when it becomes slower, so does the device. Ours. */
import { parseNetwork } from '#shared/domain/network.ts';
import { DeviceNetwork } from './pieces.ts';

/** 4.7 million MACs in two convolutions: short, and long enough for a clock. */
export function sentinelNetwork(): Promise<DeviceNetwork> {
  const layer = (id: string, dependencies: readonly string[]): object => ({
    id,
    op: 'Conv',
    outputShape: [32, 16, 16],
    kernelShape: [3, 3],
    macs: 2_359_296,
    dependencies,
  });
  return DeviceNetwork.ofTwin(
    parseNetwork({ schemaVersion: 1, id: 'sentinel', layers: [layer('first', []), layer('second', ['first'])] }),
  );
}
