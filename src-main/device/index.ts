/** What hosts need of the devices: agents, their clients, and what is measured and executed through them. */
export { serveAgent } from './agent.ts';
export { type AgentClient, type OnProgress } from './agent-client.ts';
export { coresOfMachine, parseElements, platformOf } from './elements.ts';
export { executePlan, planOf } from './execution.ts';
export { defaultMeasuring, depths, profileNetworks, type Depth, type ProfiledNetwork } from './profiling.ts';
export type { Machine } from './protocol.ts';
export { findRuntime, installRuntime, RUNTIME_VERSION } from './runtime.ts';
export { reachAgent } from './reach.ts';
export { listen, ownStream } from './streams.ts';
export { otherOutputs, tune, type TuneResult, type TuneRound } from './tune.ts';
export { saveProfile } from './saved-profiles.ts';
export { DeviceNetwork } from './pieces.ts';
