/**
 * Scores networks for `tessera nas search --accuracy "node evaluator.mjs"`: JSON lines on standard input and output. Put your training
 * where `score` is. As it is, it counts layers with weights, so that the protocol can be tried without any training.
 */
import { createInterface } from 'node:readline';

/** The value of a network document after training as `training` says; throws where it fails. */
async function score(network, training, seed) {
  return network.layers.filter(({ parameters = 0 }) => parameters > 0).length;
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

say({
  hello: {
    protocol: 1,
    name: 'layers with weights',
    metrics: [{ id: 'layers', better: 'higher', unit: '' }],
    parallel: 4,
    deterministic: true,
  },
});
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, network, budget, seed } = JSON.parse(line);
  try {
    say({ id, metrics: { layers: await score(network, budget, seed) } });
  } catch (error) {
    say({ id, error: String(error), retry: false });
  }
});
